import { expect, test } from "vitest";
import { add } from "./webhooks";
import type { Happening } from "./webhooks";

test("what both paths tell of an event comes together, and nothing twice", () => {
  const entries = [
    { kind: "event", id: "a", time: 100 },
    { kind: "attempt", id: "a", time: 110, attempt: 1, status: 503, retryIn: 500 },
    { kind: "event", id: "b", time: 300 },
    { kind: "attempt", id: "a", time: 110, attempt: 1, status: 503, retryIn: 500 },
    { kind: "received", id: "a", time: 620 },
    { kind: "attempt", id: "a", time: 621, attempt: 2, status: 204 },
  ] as const;
  const known = entries.reduce<Happening[]>((all, entry) => add(all, entry, entry.time + 2), []);
  expect(known.map(({ id }) => id)).toEqual(["b", "a"]);
  expect(known[1]).toMatchObject({ happenedAt: 100, toldAt: 102, receivedAt: 620 });
  expect(known[1]!.attempts.map(({ attempt, status }) => [attempt, status])).toEqual([[1, 503], [2, 204]]);
});

test("only the newest events are kept", () => {
  const known = Array.from({ length: 20 }, (_, i) => i).reduce<Happening[]>((all, i) => add(all, { kind: "event", id: `${i}`, time: i }, i), []);
  expect(known).toHaveLength(8);
  expect(known[0]!.id).toBe("19");
});
