import { expect, test } from "vitest";
import { message } from "./testing";
import { toTimeline } from "./timeline";
import type { Entry } from "./timeline";

const sketch = (entries: Entry[]) =>
  entries.map((entry) => (entry.kind === "group" ? `${entry.username}: ${entry.messages.map((m) => m.seq)}` : entry.kind));

const at = (day: number, hour: number, minute = 0) => new Date(2026, 0, day, hour, minute).toISOString();

test("messages of one person within five minutes stand together", () => {
  const entries = toTimeline(
    [
      message(1, { time: at(15, 12, 0) }),
      message(2, { time: at(15, 12, 4) }),
      message(3, { time: at(15, 12, 10) }),
      message(4, { time: at(15, 12, 10), username: "Bob" }),
    ],
    [],
    null,
  );
  expect(sketch(entries)).toEqual(["day", "Alice: 1,2", "Alice: 3", "Bob: 4"]);
});

test("a day opens with its line, also when a notice is the first thing in it", () => {
  const notice = { id: "n", time: at(16, 8), message: "Bob joined" };
  const entries = toTimeline([message(1, { time: at(15, 23) }), message(2, { time: at(16, 9) })], [notice], null);
  expect(sketch(entries)).toEqual(["day", "Alice: 1", "day", "notice", "Alice: 2"]);
});

test("a notice stands where it happened and parts a group", () => {
  const notice = { id: "n", time: at(15, 12, 1), message: "Bob joined" };
  const entries = toTimeline([message(1, { time: at(15, 12, 0) }), message(2, { time: at(15, 12, 2) })], [notice], null);
  expect(sketch(entries)).toEqual(["day", "Alice: 1", "notice", "Alice: 2"]);
});

test("the line of what is new stands between read and unread", () => {
  const messages = [message(1), message(2), message(3)];
  expect(sketch(toTimeline(messages, [], 2))).toEqual(["day", "Alice: 1,2", "unread", "Alice: 3"]);
  expect(sketch(toTimeline(messages, [], 3))).toEqual(["day", "Alice: 1,2,3"]);
  expect(sketch(toTimeline(messages, [], 0))).toEqual(["day", "Alice: 1,2,3"]);
});

test("every entry has an id of its own", () => {
  const entries = toTimeline([message(1, { time: at(15, 9) }), message(2, { time: at(16, 9) })], [], 1);
  expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
});
