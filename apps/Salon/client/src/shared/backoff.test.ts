import { expect, test } from "vitest";
import { delayBefore } from "./backoff";

test("the wait doubles up to fifteen seconds", () => {
  expect([0, 1, 2, 3, 4, 50].map((attempt) => delayBefore(attempt, () => 0.5))).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

test("not all come back at once", () => {
  expect([delayBefore(2, () => 0), delayBefore(2, () => 1)]).toEqual([3_000, 5_000]);
});
