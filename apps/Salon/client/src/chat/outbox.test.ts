import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Reply, Sent } from "./contract";
import { Outbox } from "./outbox";
import type { Outgoing } from "./outbox";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const stored: Reply<Sent> = { ok: true, seq: 1, id: "1", time: "" };
const refused = (code: string, retryAfter?: number): Reply<Sent> => ({ ok: false, error: { code, message: "", ...(retryAfter ? { retryAfter } : {}) } });

function outbox(...answers: Reply<Sent>[]) {
  const tried: Outgoing[] = [];
  const sent: string[] = [];
  const box = new Outbox(
    "test",
    async (item) => {
      tried.push(item);
      return answers.shift() ?? stored;
    },
    (item) => sent.push(item.text),
  );
  return { box, tried, sent, states: () => box.items.value.map((item) => item.state.kind) };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test("what is written without a connection waits and then goes in order", async () => {
  const { box, sent, states } = outbox();
  box.add("general", "one");
  box.add("general", "two");
  await settle();
  expect([sent, states()]).toEqual([[], ["waiting", "waiting"]]);

  box.open();
  await settle();
  expect([sent, states()]).toEqual([["one", "two"], []]);
});

test("silence while the connection is lost is tried again with the same id", async () => {
  let answer: (reply: Reply<Sent>) => void = () => {};
  const ids: string[] = [];
  const box = new Outbox("test", (item) => new Promise((resolve) => (ids.push(item.clientMsgId), (answer = resolve))), () => {});

  box.open();
  box.add("general", "one");
  await settle();
  box.close();
  answer(refused("timeout"));
  await settle();
  expect(box.items.value.map((item) => item.state.kind)).toEqual(["waiting"]);

  box.open();
  await settle();
  answer(stored);
  await settle();
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(ids[1]);
  expect(box.items.value).toEqual([]);
});

test("who is too fast waits as long as the server says, and nothing overtakes", async () => {
  const { box, sent, tried, states } = outbox(refused("rate_limited", 2));
  box.open();
  box.add("general", "one");
  box.add("general", "two");
  await settle();
  expect([tried.length, states()]).toEqual([1, ["slowed", "waiting"]]);

  await vi.advanceTimersByTimeAsync(2_000);
  expect(sent).toEqual(["one", "two"]);
});

test("what the server refuses stays, with the reason, until it is tried again or discarded", async () => {
  const { box, sent } = outbox(refused("too_long"), refused("not_a_member"));
  box.open();
  box.add("general", "one");
  box.add("general", "two");
  await settle();
  expect(box.items.value.map((item) => item.state)).toEqual([
    { kind: "failed", code: "too_long" },
    { kind: "failed", code: "not_a_member" },
  ]);

  box.retry(box.items.value[1]!.clientMsgId);
  await settle();
  expect(sent).toEqual(["two"]);

  box.discard(box.items.value[0]!.clientMsgId);
  expect(box.items.value).toEqual([]);
});

test("what waits outlives the page", async () => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });

  outbox().box.add("general", "one");
  const { box, sent } = outbox();
  box.open();
  await settle();
  expect(sent).toEqual(["one"]);
});
