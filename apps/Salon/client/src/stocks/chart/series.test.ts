import { expect, test } from "vitest";
import { Series, keptCandles } from "./series";
import type { Candle, Tick } from "../contract";

const tick = (time: number, price: number, size = 1): Tick => ({ symbol: "ACME", price, size, volume: 0, open: 0, high: 0, low: 0, time });
const candle = (time: number, open: number, high = open, low = open, close = open, volume = 1): Candle => ({ time, open, high, low, close, volume });

test("ticks of the same five seconds are one candle", () => {
  const series = new Series("5s");
  for (const [time, price] of [[10_000, 5], [11_000, 8], [12_500, 3], [14_999, 4], [15_000, 6]] as const) series.addTick(tick(time, price));

  expect(series.candles).toEqual([candle(10_000, 5, 8, 3, 4, 4), candle(15_000, 6)]);
});

test("a tick goes on with the open candle that was loaded", () => {
  const series = new Series("1m", [candle(60_000, 5, 6, 4, 5, 10)]);
  series.addTick(tick(119_999, 7, 2));
  expect(series.candles).toEqual([candle(60_000, 5, 7, 4, 7, 12)]);
});

test("a candle that closes replaces what the ticks made of it, also when the next has begun", () => {
  const series = new Series("1s");
  series.addTick(tick(1_000, 5));
  series.addTick(tick(2_000, 6));
  series.addClosed(candle(1_000, 4, 9, 3, 5, 7));

  expect(series.candles).toEqual([candle(1_000, 4, 9, 3, 5, 7), candle(2_000, 6)]);
});

test("a closed candle that no tick was seen of is put in its place", () => {
  const series = new Series("1s", [candle(1_000, 1), candle(3_000, 3)]);
  series.addClosed(candle(2_000, 2));
  series.addClosed(candle(4_000, 4));
  series.addClosed(candle(500, 9));

  expect(series.candles.map((item) => item.time)).toEqual([1_000, 2_000, 3_000, 4_000]);
});

test("a late tick changes no candle that has closed, and old candles are let go", () => {
  const series = new Series("1s");
  for (let i = 1; i <= keptCandles + 5; i++) series.addTick(tick(i * 1_000, i));
  series.addTick(tick(2_000, 99));

  expect(series.candles).toHaveLength(keptCandles);
  expect(series.candles[0]!.time).toBe(6_000);
  expect(series.candles.at(-1)!.close).toBe(keptCandles + 5);
});
