import { expect, test } from "vitest";
import { Market } from "./market";
import { flashLength, trendLength } from "./stock";
import type { ClosedCandle, StreamEvent } from "../contract";
import { frames, quote, snapshot, tick } from "../testing";

function open(...events: StreamEvent[]) {
  const { schedule, paint } = frames();
  const market = new Market(schedule);
  events.forEach((event) => market.onEvent(event));
  paint();
  return { market, paint, price: (symbol: string) => market.find(symbol)!.shown.value.price };
}

const status = (data: object, id = ""): StreamEvent => ({ id, type: "status", data: JSON.stringify({ session: "open", source: "simulated", live: true, time: 0, ...data }) });
const candle = (id: string, change: Partial<ClosedCandle>): StreamEvent => {
  const data: ClosedCandle = { symbol: "AA", interval: "5s", time: 0, open: 1, high: 1, low: 1, close: 1, volume: 1, ...change };
  return { id, type: "candle", data: JSON.stringify(data) };
};

test("many ticks between two frames are shown once, as the last says", () => {
  const { market, paint, price } = open(snapshot("e-1", quote("AA"), quote("BB")));
  let shown = 0;
  market.find("AA")!.shown.subscribe(() => shown++);

  for (let i = 2; i <= 50; i++) market.onEvent(tick(`e-${i}`, "AA", 100 + i));
  expect(price("AA")).toBe(100);
  paint();
  expect([price("AA"), shown]).toEqual([150, 2]);
});

test("a stock that no event told of is not touched", () => {
  const { market, paint } = open(snapshot("e-1", quote("AA"), quote("BB")));
  let shown = 0;
  market.find("BB")!.shown.subscribe(() => shown++);
  market.onEvent(tick("e-2", "AA", 101));
  paint();
  expect(shown).toBe(1);
});

test("an event that comes twice counts once, and one of another run of the market not at all", () => {
  const { market, paint, price } = open(snapshot("e-5", quote("AA")), tick("e-6", "AA", 101), tick("e-7", "AA", 102));
  const ticks: string[] = [];
  market.follow({ onTick: (_, id) => ticks.push(id) });
  for (const event of [tick("e-6", "AA", 101), tick("e-7", "AA", 102), tick("x-9", "AA", 1), tick("e-8", "AA", 103)]) market.onEvent(event);
  paint();
  expect([price("AA"), market.position, ticks]).toEqual([103, "e-8", ["e-8"]]);
});

test("a snapshot begins anew, whatever was known", () => {
  const { market, paint, price } = open(snapshot("e-5", quote("AA"), quote("BB")), tick("e-6", "AA", 101));
  const before = market.find("AA");
  market.onEvent({ id: "e-6", type: "reset", data: '{"reason":"epoch"}' });
  market.onEvent(snapshot("f-1", quote("AA", { price: 50 }), quote("CC")));
  market.onEvent(tick("f-2", "CC", 7));
  paint();

  expect(market.stocks.value.map((stock) => stock.symbol)).toEqual(["AA", "CC"]);
  expect([price("AA"), price("CC"), market.position]).toEqual([50, 7, "f-2"]);
  expect(market.find("AA")).toBe(before);
});

test("a price that has moved while nothing was heard is told with what it was before, and a new stock's is not", () => {
  const { market } = open(snapshot("e-5", quote("AA"), quote("BB"), quote("DD")), tick("e-6", "AA", 101));
  const heard: [string, number, number][] = [];
  const ticks: string[] = [];
  market.follow({ onTick: (_, id) => ticks.push(id), onPrice: ({ symbol, price }, before) => heard.push([symbol, before, price]) });
  market.onEvent({ id: "e-6", type: "reset", data: '{"reason":"gap"}' });
  market.onEvent(snapshot("e-900", quote("AA", { price: 120 }), quote("BB"), quote("CC")));
  market.onEvent(tick("e-901", "CC", 130));

  expect(heard).toEqual([["AA", 101, 120], ["BB", 100, 100], ["CC", 100, 130]]);
  expect(ticks).toEqual(["e-901"]);
});

test("a pause holds what is shown, counts what waits, and followers hear all of it", () => {
  const { market, paint, price } = open(snapshot("e-1", quote("AA")));
  const heard: number[] = [];
  market.follow({ onTick: (next) => heard.push(next.price) });
  market.pause();
  market.onEvent(tick("e-2", "AA", 101));
  market.onEvent(tick("e-3", "AA", 102));
  paint();
  expect([price("AA"), market.heldBack.value, heard]).toEqual([100, 2, [101, 102]]);

  market.resume();
  paint();
  expect([price("AA"), market.heldBack.value]).toEqual([102, 0]);
});

test("a price that has moved is lit up for a while, and its direction stays", () => {
  const { market, paint } = open(snapshot("e-1", quote("AA")), tick("e-2", "AA", 101));
  const seen = Array.from({ length: flashLength + 1 }, () => {
    const { moved, isFlashing } = market.find("AA")!.shown.value;
    paint();
    return [moved, isFlashing];
  });
  expect(seen).toEqual([...Array<unknown>(flashLength).fill([1, true]), [1, false]]);

  market.onEvent(tick("e-3", "AA", 101, { volume: 99 }));
  paint();
  expect(market.find("AA")!.shown.value).toMatchObject({ volume: 99, moved: 1, isFlashing: false });
  market.onEvent(tick("e-4", "AA", 100));
  paint();
  expect(market.find("AA")!.shown.value).toMatchObject({ moved: -1, isFlashing: true });
});

test("nothing is painted while nothing moves", () => {
  let asked = 0;
  let paint = () => {};
  const market = new Market((callback) => (asked++, (paint = callback)));
  market.onEvent(snapshot("e-1", quote("AA")));
  market.onEvent(tick("e-2", "AA", 101));
  for (let i = 0; i < 50; i++) paint();
  const before = asked;
  paint();
  expect(asked).toBe(before);
});

test("closed candles prolong the trend, which keeps its length", () => {
  const { market, paint } = open(snapshot("e-1", quote("AA", { trend: Array.from({ length: trendLength }, (_, index) => index) })));
  market.onEvent(candle("e-2", { close: 7 }));
  market.onEvent(candle("e-3", { close: 8, interval: "1s" }));
  paint();

  const { trend } = market.find("AA")!.shown.value;
  expect([trend.length, trend[0], trend.at(-1)]).toEqual([trendLength, 1, 7]);
});

test("what is told to another tab is what is known, as the server would say it", () => {
  const { market } = open(snapshot("e-1", quote("AA"), quote("BB")), tick("e-2", "AA", 123, { volume: 44, high: 125, low: 90, time: 9 }));
  const { market: other, price } = open(market.snapshot()!);

  expect([other.position, other.source.value, price("AA"), price("BB")]).toEqual(["e-2", "simulated", 123, 100]);
  expect(other.find("AA")!.latest).toMatchObject({ volume: 44, high: 125, low: 90, time: 9, name: "AA & Co" });
  expect(new Market(() => {}).snapshot()).toBeNull();
});

test("when the market opens again, a new day begins for every stock", () => {
  const { market, paint } = open(snapshot("e-1", quote("AA", { price: 120, high: 130, volume: 7 })), status({ session: "closed" }, "e-2"));
  expect([market.session.value, market.find("AA")!.latest.previousClose]).toEqual(["closed", 100]);

  market.onEvent(status({ session: "open" }, "e-3"));
  market.onEvent(status({ session: "open" }, "e-3"));
  paint();
  expect(market.find("AA")!.shown.value).toMatchObject({ price: 120, previousClose: 120, open: 120, high: 120, low: 120, volume: 0 });
  expect([market.session.value, market.position]).toEqual(["open", "e-3"]);
});

test("the day's first trade is its open, and stays so", () => {
  const { market } = open(snapshot("e-1", quote("AA", { price: 120 })), status({ session: "closed" }, "e-2"), status({ session: "open" }, "e-3"));
  market.onEvent(tick("e-4", "AA", 122, { open: 122 }));
  market.onEvent(tick("e-5", "AA", 125, { open: 122 }));
  expect(market.find("AA")!.latest).toMatchObject({ price: 125, previousClose: 120, open: 122 });
});

test("a status that is no event of the market says how the stream is, and moves nothing", () => {
  const { market } = open(snapshot("e-5", quote("AA")));
  let gaps = 0;
  market.follow({ onGap: () => gaps++ });
  market.onEvent(status({ session: "closed", live: false }, "e-5"));
  expect([market.session.value, market.isLive.value, market.position, gaps]).toEqual(["open", false, "e-5", 0]);

  market.onEvent(status({ conflated: 40 }));
  expect([market.isLive.value, gaps]).toEqual([true, 1]);
});

test("what a return brought is told; a new beginning brought nothing", () => {
  const { market } = open(snapshot("e-1", quote("AA")), status({ replayed: 12 }));
  expect(market.replayed.value).toBe(12);
  market.onEvent({ id: "", type: "reset", data: '{"reason":"gap"}' });
  expect(market.replayed.value).toBeNull();
});
