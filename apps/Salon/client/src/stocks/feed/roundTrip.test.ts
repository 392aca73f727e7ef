import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RoundTrip } from "./roundTrip";

const page = { visibilityState: "visible" };

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal("document", page);
  page.visibilityState = "visible";
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const takes = (milliseconds: number) => () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

test("the middle one of the last measurements is told", async () => {
  const times = [5, 900, 7, 6, 8];
  const trip = new RoundTrip(() => takes(times.shift()!)());
  trip.start();
  expect(trip.milliseconds.value).toBeNull();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(trip.milliseconds.value).toBe(5);
  await vi.advanceTimersByTimeAsync(45_000);
  expect([times, trip.milliseconds.value]).toEqual([[], 7]);
});

test("a failure tells nothing, and a page that nobody looks at asks nothing", async () => {
  let asked = 0;
  const trip = new RoundTrip(() => (asked++, Promise.reject(new Error("away"))));
  trip.start();
  await vi.advanceTimersByTimeAsync(12_000);
  expect([asked, trip.milliseconds.value]).toEqual([2, null]);

  page.visibilityState = "hidden";
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(2);
});

test("after the end of a stream, what was measured is forgotten", async () => {
  const trip = new RoundTrip(takes(5));
  trip.start();
  await vi.advanceTimersByTimeAsync(2_000);
  trip.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(trip.milliseconds.value).toBeNull();
});
