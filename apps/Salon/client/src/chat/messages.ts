import type { Message } from "./contract";

/** Puts messages into their order and each in once: what is loaded, what is live and what is repeated overlap. */
export function merge(known: readonly Message[], incoming: readonly Message[]): Message[] {
  const last = known[known.length - 1];

  // Nearly always one message, and the next one.
  if (incoming.length === 1 && (!last || incoming[0]!.seq > last.seq)) return [...known, incoming[0]!];

  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of incoming) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** The number after which messages are missing before this one, or null when none are. */
export function gapBefore(known: readonly Message[], message: Message): number | null {
  const last = known[known.length - 1];
  return last && message.seq > last.seq + 1 ? last.seq : null;
}
