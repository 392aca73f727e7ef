import { expect, test } from "vitest";
import { niceSteps, rangeOf, scale } from "./scale";
import { backFor, centreOf, indexAt, viewportOf } from "./viewport";

test("as many of the newest candles as fit are in view", () => {
  expect(viewportOf(300, 100, 10, 0)).toEqual({ first: 290, count: 10 });
  expect(viewportOf(4, 100, 10, 0)).toEqual({ first: 0, count: 4 });
  expect(viewportOf(0, 100, 10, 0)).toEqual({ first: 0, count: 0 });
});

test("one can look back as far as there is something to see", () => {
  expect(viewportOf(300, 100, 10, 5)).toEqual({ first: 285, count: 10 });
  expect(viewportOf(300, 100, 10, 999)).toEqual({ first: 0, count: 10 });
  expect(viewportOf(4, 100, 10, 2)).toEqual({ first: 0, count: 4 });
});

test("a place and the candle that is drawn there find each other", () => {
  const view = viewportOf(300, 100, 10, 0);
  for (const index of [290, 295, 299]) expect(indexAt(centreOf(index, view, 100, 10), view, 100, 10)).toBe(index);
  expect([indexAt(-50, view, 100, 10), indexAt(500, view, 100, 10)]).toEqual([290, 299]);
  expect(centreOf(3, viewportOf(4, 100, 10, 0), 100, 10)).toBe(95);
  expect(indexAt(5, viewportOf(0, 100, 10, 0), 100, 10)).toBeNull();
});

test("the view moves just as far as the candle that is pointed at", () => {
  const view = viewportOf(300, 100, 10, 5);
  const after = (index: number) => viewportOf(300, 100, 10, backFor(index, 300, view, 5));
  expect([after(284).first, after(290).first, after(297).first]).toEqual([284, 285, 288]);
});

test("an axis has round values, never finer than a hundredth", () => {
  expect(niceSteps(97.3, 104.1, 4)).toEqual([98, 100, 102, 104]);
  expect(niceSteps(10.001, 10.024, 5).map((value) => value.toFixed(2))).toEqual(["10.01", "10.02"]);
  expect(niceSteps(0, 1_000_000, 4)).toEqual([0, 500_000, 1_000_000]);
  expect(niceSteps(5, 5, 4)).toEqual([5]);
});

test("a flat line lies in the middle of its axis", () => {
  const { min, max } = rangeOf([50, 50]);
  expect([max > 50, (min + max) / 2]).toEqual([true, 50]);
  expect(scale([min, max], [200, 0])(50)).toBeCloseTo(100);
});
