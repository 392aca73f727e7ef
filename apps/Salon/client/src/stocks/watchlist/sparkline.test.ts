import { expect, test } from "vitest";
import { placeInRange, sparkline } from "./sparkline";

test("the highest is at the top, the price of now at the end", () => {
  expect(sparkline([1, 3], 2)).toBe("M0 22L44 2L88 12");
});

test("a price that did not move is a line in the middle", () => {
  expect(sparkline([5], 5)).toBe("M0 12L88 12");
  expect(sparkline([], 5)).toBe("M0 12");
});

test("a price stands between the lowest and the highest of the day", () => {
  const place = (price: number) => placeInRange({ low: 10, high: 20, price });
  expect([place(10), place(15), place(20), place(25)]).toEqual([0, 0.5, 1, 1]);
  expect(placeInRange({ low: 10, high: 10, price: 10 })).toBe(0.5);
});
