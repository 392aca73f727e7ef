import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Chat, Handlers, OpenChat } from "./contract";

// The script as browsers get it.
const address = new URL("../../public/native-chat.js", import.meta.url).href;
const { openChat } = (await import(/* @vite-ignore */ address)) as { openChat: OpenChat };

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {}

  tell(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  welcome(): void {
    this.onopen?.();
    this.tell({ type: "welcome", name: "Alice", people: ["Alice"], history: [] });
  }
}

const statuses: string[] = [];
let chat: Chat;

const last = () => FakeSocket.all.at(-1)!;
const said = () => last().sent.filter((frame) => frame.type === "message");

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("location", { origin: "https://salon.example" });
  FakeSocket.all = [];
  statuses.length = 0;
  const ignore = () => {};
  const on: Handlers = { status: (kind: string) => statuses.push(kind), frame: ignore, welcome: ignore, message: ignore, presence: ignore, error: ignore };
  chat = openChat("Alice", on);
});

afterEach(() => {
  chat.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("says the name and the secret first, and the same secret after a reconnection", () => {
  last().welcome();
  const first = last().sent[0];
  expect(last().url).toBe("wss://salon.example/ws/chat");
  expect(first).toMatchObject({ type: "join", name: "Alice" });

  last().onclose?.({ code: 1006, reason: "" });
  vi.advanceTimersByTime(500);
  last().welcome();
  expect(FakeSocket.all).toHaveLength(2);
  expect(last().sent[0]).toEqual(first);
});

test("messages are sent one at a time, and again after a reconnection until they are confirmed", () => {
  last().welcome();
  const ids = ["one", "two", "three"].map((text) => chat.say(text));
  expect(said()).toEqual([{ type: "message", id: ids[0], text: "one" }]);

  last().tell({ type: "message", id: ids[0], name: "Alice", text: "one" });
  expect(said()).toHaveLength(2);
  last().onclose?.({ code: 1001, reason: "" });
  vi.advanceTimersByTime(500);
  last().welcome();
  expect(said().map((frame) => frame.text)).toEqual(["two"]);

  last().tell({ type: "error", code: "too_long", id: ids[1] });
  expect(said().map((frame) => frame.text)).toEqual(["two", "three"]);
});

test("what came too fast is sent again when the server says", () => {
  last().welcome();
  chat.say("hello");
  last().tell({ type: "error", code: "rate_limited", retryAfter: 0.3 });
  vi.advanceTimersByTime(299);
  expect(said()).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(said()).toHaveLength(2);
});

test("what came too fast is kept though the refusal says which it is", () => {
  last().welcome();
  const id = chat.say("hello");
  last().tell({ type: "error", code: "rate_limited", id, retryAfter: 0.3 });
  vi.advanceTimersByTime(300);
  expect(said()).toHaveLength(2);
});

test("half an emoji that is refused does not keep what follows from being sent", () => {
  last().welcome();
  const [broken, next] = [chat.say("\ud83d"), chat.say("next")];
  last().tell({ type: "error", code: "invalid_frame", id: broken });
  expect(said().at(-1)).toMatchObject({ id: next, text: "next" });
});

test("a server that does not answer is noticed, one that answers is kept", () => {
  last().welcome();
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(6_000);
    last().tell({ type: "pong" });
  }
  expect(FakeSocket.all).toHaveLength(1);

  vi.advanceTimersByTime(20_000);
  expect(statuses).toContain("offline");
});

test("a hidden tab whose timers sleep for a minute does not take the server for dead", () => {
  last().welcome();
  vi.advanceTimersByTime(6_000);
  last().tell({ type: "pong" });
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(2_000);

  expect(statuses).not.toContain("offline");
  expect(last().sent.filter((frame) => frame.type === "ping")).toHaveLength(2);
});

test("tries come later and later, never all at the same time", () => {
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const before = FakeSocket.all.length;
    const start = Date.now();
    last().onclose?.({ code: 1006, reason: "" });
    while (FakeSocket.all.length === before) vi.advanceTimersByTime(10);
    waits.push(Date.now() - start);
  }
  waits.forEach((wait, i) => {
    const longest = Math.min(15_000, 500 * 2 ** i);
    expect(wait).toBeGreaterThanOrEqual(longest / 2);
    expect(wait).toBeLessThanOrEqual(longest + 10);
  });
});

test("it stays away when it is told to", () => {
  last().welcome();
  last().onclose?.({ code: 4001, reason: "" });
  vi.advanceTimersByTime(60_000);
  expect(statuses.at(-1)).toBe("closed");
  expect(FakeSocket.all).toHaveLength(1);
});
