import { expect, test } from "vitest";
import { advise, questionsFor } from "./chooser";
import type { Answers } from "./chooser";

const all: Answers = { receiver: "page", freshness: "now", direction: "down", rooms: "no", proxies: "no" };

test.each<[Partial<Answers>, string]>([
  [{}, "sse"],
  [{ direction: "both" }, "websocket"],
  [{ direction: "both", rooms: "yes" }, "socketio"],
  [{ direction: "both", proxies: "yes" }, "socketio"],
  [{ proxies: "yes" }, "long-polling"],
  [{ freshness: "minutes" }, "polling"],
  [{ receiver: "server" }, "webhook"],
])("%o → %s", (change, advice) => {
  const given = advise({ ...all, ...change });
  expect(given?.advice).toBe(advice);
  expect(given?.second).not.toBe(advice);
  expect(given?.reasons.length).toBeGreaterThan(0);
});

test("nothing is advised before every question that matters is answered, and no other is asked", () => {
  expect(advise({ receiver: "page" })).toBeNull();
  expect(advise({ receiver: "server" })).not.toBeNull();
  expect(questionsFor({ receiver: "server" })).toEqual(["receiver"]);
  expect(questionsFor({ receiver: "page", freshness: "minutes" })).toEqual(["receiver", "freshness"]);
});
