import { expect, test } from "vitest";
import { gapBefore, merge } from "./messages";
import { message } from "./testing";

const seqs = (messages: readonly { seq: number }[]) => messages.map((m) => m.seq);

test("the next message goes to the end", () => {
  expect(seqs(merge([message(1), message(2)], [message(3)]))).toEqual([1, 2, 3]);
});

test("what is loaded twice, or late, stands once and in its place", () => {
  expect(seqs(merge([message(3), message(4)], [message(1), message(2), message(3)]))).toEqual([1, 2, 3, 4]);
  expect(seqs(merge([message(3), message(4)], [message(2)]))).toEqual([2, 3, 4]);
});

test("a repeated message takes the place of the first", () => {
  const merged = merge([message(1, { text: "old" })], [message(1, { text: "new" })]);
  expect(merged.map((m) => m.text)).toEqual(["new"]);
});

test("a gap is seen, an order without one is none", () => {
  expect(gapBefore([message(1)], message(2))).toBeNull();
  expect(gapBefore([message(1)], message(5))).toBe(1);
  expect(gapBefore([message(4)], message(2))).toBeNull();
  expect(gapBefore([], message(9))).toBeNull();
});
