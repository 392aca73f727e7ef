import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "./pace";

const picture = 16;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => setTimeout(() => callback(performance.now()), picture));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

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
  expect(calls[0]! - start).toBeLessThanOrEqual(picture);
  expect(calls.length).toBeGreaterThanOrEqual(8);
  expect(calls.length).toBeLessThanOrEqual(10);
});
