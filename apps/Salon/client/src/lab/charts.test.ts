import { expect, test } from "vitest";
import { perSecond } from "./charts";

test("each second that had messages has their mean; what is older than a minute is not shown", () => {
  const now = 100_000;
  const arrivals = [
    { at: 30_000, latency: 9 },
    { at: 98_100, latency: 10 },
    { at: 98_900, latency: 20 },
    { at: 99_500, latency: 5 },
  ];
  expect(perSecond({ arrivals }, now)).toEqual([
    [98_500, 15],
    [99_500, 5],
  ]);
});
