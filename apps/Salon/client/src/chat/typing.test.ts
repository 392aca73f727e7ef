import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TypingSender, forgetAfter, idleAfter, repeatAfter, withTypist, withoutExpired } from "./typing";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function sender() {
  const told: boolean[] = [];
  return { told, typing: new TypingSender((on) => told.push(on)) };
}

test("the first letter is told, the next ones only after a while", () => {
  const { told, typing } = sender();
  typing.onInput("a");
  typing.onInput("ab");
  expect(told).toEqual([true]);
  vi.advanceTimersByTime(repeatAfter);
  typing.onInput("abc");
  expect(told).toEqual([true, true]);
});

test("who pauses has stopped", () => {
  const { told, typing } = sender();
  typing.onInput("a");
  vi.advanceTimersByTime(idleAfter);
  expect(told).toEqual([true, false]);
});

test("an emptied field has stopped, and stopping twice is told once", () => {
  const { told, typing } = sender();
  typing.onInput("a");
  typing.onInput(" ");
  typing.stop();
  expect(told).toEqual([true, false]);
});

test("a pause that was broken off does not stop", () => {
  const { told, typing } = sender();
  typing.onInput("a");
  vi.advanceTimersByTime(idleAfter - 1);
  typing.onInput("ab");
  vi.advanceTimersByTime(idleAfter - 1);
  expect(told).toEqual([true, true]);
});

test("who says nothing more is forgotten", () => {
  const typists = withTypist(withTypist(new Map(), "Alice", true, 0), "Bob", true, 1_000);
  expect([...withoutExpired(typists, forgetAfter).keys()]).toEqual(["Bob"]);
  expect(withoutExpired(typists, 10)).toBe(typists);
  expect([...withTypist(typists, "Alice", false, 0).keys()]).toEqual(["Bob"]);
});
