import type { WebhookEntry } from "./contract";

/** One event as both paths told it. */
export interface Happening {
  id: string;
  happenedAt: number;
  /** When the WebSocket told the page, by the server's clock. */
  toldAt: number | null;
  attempts: WebhookEntry[];
  receivedAt: number | null;
}

const kept = 8;

/** Adds what was told to what is known, newest event first. */
export function add(known: readonly Happening[], entry: WebhookEntry, toldAt: number): Happening[] {
  const before = known.find((happening) => happening.id === entry.id) ?? { id: entry.id, happenedAt: entry.time, toldAt: null, attempts: [], receivedAt: null };
  const after: Happening =
    entry.kind === "event"
      ? { ...before, happenedAt: entry.time, toldAt: before.toldAt ?? toldAt }
      : entry.kind === "received"
        ? { ...before, receivedAt: entry.time }
        : { ...before, attempts: before.attempts.some((attempt) => attempt.attempt === entry.attempt) ? before.attempts : [...before.attempts, entry] };

  return known.includes(before) ? known.map((happening) => (happening === before ? after : happening)) : [after, ...known].slice(0, kept);
}
