import type { Message } from "./contract";

/** A message for tests; messages with higher numbers are a second later. */
export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    room: "general",
    seq,
    id: `id ${seq}`,
    username: "Alice",
    text: `text ${seq}`,
    time: new Date(2026, 0, 15, 12, 0, seq).toISOString(),
    ...change,
  };
}
