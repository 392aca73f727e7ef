import { beforeEach, expect, test, vi } from "vitest";
import { ChartStore } from "./chartStore";
import type { Candles } from "../contract";
import { Market } from "../market/market";
import { frames, memoryStorage, quote, snapshot, tick } from "../testing";
import { Watchlist } from "../watchlist/watchlist";

beforeEach(() => void vi.stubGlobal("localStorage", memoryStorage()));

const settle = () => new Promise((resolve) => setTimeout(resolve));

function open() {
  const { schedule, paint } = frames();
  const market = new Market(schedule);
  const list = new Watchlist(market);
  const asked: { url: string; signal: AbortSignal; answer: (candles: Partial<Candles>) => void; fail: () => void }[] = [];
  const ask = (url: string, signal: AbortSignal) =>
    new Promise<Candles>((resolve, reject) => {
      const answer = (candles: Partial<Candles>) => resolve({ symbol: "AA", interval: "1s", id: "e-1", candles: [], ...candles });
      asked.push({ url, signal, answer, fail: () => reject(new Error("500")) });
    });
  market.onEvent(snapshot("e-1", quote("AA"), quote("BB")));
  const chart = new ChartStore(market, list, ask);
  list.select("AA");
  return { market, list, chart, asked, paint, closes: () => chart.candles.value.map((candle) => candle.close) };
}

const loaded = [{ time: 1_000, open: 1, high: 1, low: 1, close: 1, volume: 1 }];

test("the candles are asked for once, and the ticks go on with them, whenever the prices do", async () => {
  const { market, asked, chart, paint, closes } = open();
  expect(asked.map((question) => question.url)).toEqual(["/stocks/AA/candles?interval=1s&limit=300"]);
  asked[0]!.answer({ candles: loaded });
  await settle();
  expect([closes(), chart.phase.value]).toEqual([[1], "ready"]);

  market.onEvent(tick("e-2", "AA", 2, { time: 2_000 }));
  market.onEvent(tick("e-3", "BB", 9, { time: 2_000 }));
  market.onEvent(tick("e-4", "AA", 3, { time: 3_000 }));
  expect(closes()).toEqual([1]);
  paint();
  expect(closes()).toEqual([1, 2, 3]);
});

test("what overtook the answer counts once, wherever the answer ends", async () => {
  const { market, asked, closes, chart } = open();
  market.onEvent(tick("e-2", "AA", 2, { time: 1_500, size: 5 }));
  market.onEvent(tick("e-3", "AA", 3, { time: 2_000, size: 5 }));
  asked[0]!.answer({ candles: [{ ...loaded[0]!, close: 2, volume: 6 }], id: "e-2" });
  await settle();

  expect(closes()).toEqual([2, 3]);
  expect(chart.candles.value.map((candle) => candle.volume)).toEqual([6, 5]);
});

test("what the answer knew already and the stream tells later counts once", async () => {
  const { market, asked, paint, chart } = open();
  asked[0]!.answer({ candles: [{ ...loaded[0]!, volume: 6 }], id: "e-3" });
  await settle();
  market.onEvent(tick("e-3", "AA", 7, { time: 1_900, size: 5 }));
  market.onEvent(tick("e-4", "AA", 8, { time: 1_950, size: 2 }));
  paint();

  expect(chart.candles.value).toEqual([{ time: 1_000, open: 1, high: 8, low: 1, close: 8, volume: 8 }]);
});

test("another choice gives up the question before; a failure can be asked again", async () => {
  const { list, asked, chart, closes } = open();
  list.select("BB");
  chart.setInterval("1m");
  expect(asked.map((question) => question.signal.aborted)).toEqual([true, true, false]);
  asked[0]!.answer({ candles: loaded });
  asked[2]!.fail();
  await settle();
  expect([closes(), chart.phase.value]).toEqual([[], "failed"]);

  chart.load();
  expect(asked[3]!.url).toBe("/stocks/BB/candles?interval=1m&limit=300");
  asked[3]!.answer({ candles: loaded });
  await settle();
  expect([closes(), chart.phase.value]).toEqual([[1], "ready"]);
});

test("after a new beginning of the stream the candles are asked for again", async () => {
  const { market, asked } = open();
  asked[0]!.answer({ candles: loaded });
  await settle();
  market.onEvent(snapshot("f-1", quote("AA"), quote("BB")));
  expect(asked).toHaveLength(2);
});

test("a pause holds the chart still, and what came meanwhile is there afterwards", async () => {
  const { market, asked, paint, closes } = open();
  asked[0]!.answer({ candles: loaded });
  await settle();
  market.pause();
  market.onEvent(tick("e-2", "AA", 2, { time: 2_000 }));
  paint();
  expect(closes()).toEqual([1]);

  market.resume();
  paint();
  expect(closes()).toEqual([1, 2]);
});
