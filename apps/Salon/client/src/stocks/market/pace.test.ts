import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "./pace";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what asks all the time is called back ten times a second, and the first time at once", () => {
  const schedule = paced();
  const calls: number[] = [];
  const again = () => {
    calls.push(performance.now());
    schedule(again);
  };
  const start = performance.now();
  schedule(again);

  vi.advanceTimersByTime(1_000);
  expect(calls[0]! - start).toBeLessThan(20);
  expect(calls.length).toBeGreaterThanOrEqual(8);
  expect(calls.length).toBeLessThanOrEqual(10);
});
