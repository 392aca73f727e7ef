import { expect, test } from "vitest";
import type { Joined } from "./contract";
import { Room } from "./room";
import { message } from "./testing";

const joined = (seq: number, from: number, change: Partial<Joined> = {}): Joined => ({
  room: "general",
  seq,
  members: ["Alice"],
  messages: Array.from({ length: seq - from + 1 }, (_, index) => message(from + index)),
  hasMore: false,
  ...change,
});

const seqs = (room: Room) => room.messages.value.map((m) => m.seq);

test("joining brings the newest messages, and nothing in them is unread", () => {
  const room = new Room("general");
  room.onJoined(joined(60, 11, { hasMore: true }), false);
  expect([seqs(room).length, room.hasOlder.value, room.unread.value]).toEqual([50, true, 0]);
});

test("a message that overtook the answer is not lost with it", () => {
  const room = new Room("general");
  room.onMessage(message(4));
  room.onJoined(joined(3, 1), false);
  expect(seqs(room)).toEqual([1, 2, 3, 4]);
});

test("coming back brings what was missed, and shows where it begins", () => {
  const room = new Room("general");
  room.onJoined(joined(3, 1), false);
  room.onJoined(joined(5, 4), true);
  expect([seqs(room), room.unread.value, room.unreadFrom.value]).toEqual([[1, 2, 3, 4, 5], 2, 3]);
});

test("a message behind a gap waits until the gap is filled", () => {
  const room = new Room("general");
  room.onJoined(joined(3, 1), false);
  expect(room.onMessage(message(6))).toBe(3);
  expect(seqs(room)).toEqual([1, 2, 3]);
  room.add([message(4), message(5), message(6)]);
  expect([seqs(room), room.unread.value]).toEqual([[1, 2, 3, 4, 5, 6], 3]);
});

test("who sends has stopped typing", () => {
  const room = new Room("general");
  room.onTyping("Bob", true);
  room.onMessage(message(1, { username: "Bob" }));
  expect([...room.typists.value.keys()]).toEqual([]);
});

test("quiet lines are bounded", () => {
  const room = new Room("general");
  for (let i = 0; i < 80; i++) room.onNotification({ room: "general", message: `${i} joined`, time: new Date(i).toISOString() });
  expect(room.notices.value).toHaveLength(50);
  expect(room.notices.value.at(-1)!.message).toBe("79 joined");
});

test("who comes to a large room and who leaves it is told, whoever was told before", () => {
  const room = new Room("general");
  room.onJoined(joined(1, 1, { members: ["Alice", "Bob", "Carol"] }), false);
  room.onPresenceChanged(["Dave", "alice"], ["bob", "Nobody"]);
  expect(room.members.value).toEqual(["Carol", "Dave", "alice"]);
});
