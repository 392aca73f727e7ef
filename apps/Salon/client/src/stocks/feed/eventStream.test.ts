import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventStream } from "./eventStream";
import type { StreamState } from "./eventStream";
import { FakeEventSource } from "./testing";
import type { StreamEvent } from "../contract";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal("EventSource", FakeEventSource);
  FakeEventSource.all = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(expectsEvents = true) {
  const events: StreamEvent[] = [];
  const states: StreamState[] = [];
  const listener = {
    position: null as string | null,
    expectsEvents,
    onEvent(event: StreamEvent) {
      events.push(event);
      listener.position = event.id;
    },
    onState: (state: StreamState) => void states.push(state),
  };
  const stream = new EventStream(listener);
  stream.open();
  return { stream, events, kinds: () => states.map((state) => state.kind), states };
}

const urls = () => FakeEventSource.all.map((source) => source.url);
const current = () => FakeEventSource.all.at(-1)!;

test("events come with their id, type and data", () => {
  const { events, kinds } = open();
  current().accept();
  current().say("tick", "{}", "e-1");
  expect([events, kinds(), urls()]).toEqual([[{ id: "e-1", type: "tick", data: "{}" }], ["connecting", "open"], ["/stocks/stream"]]);
});

test("a broken connection is the browser's to repair", () => {
  const { kinds } = open();
  current().accept();
  current().breakOff();
  vi.advanceTimersByTime(60_000);
  current().accept();
  expect([kinds(), FakeEventSource.all.length]).toEqual([["connecting", "open", "lost", "open"], 1]);
});

test("after a refusal it is tried again, later each time, after the last event", () => {
  const { states } = open();
  current().accept();
  current().say("tick", "{}", "e 1-7");
  for (let i = 0; i < 3; i++) {
    const before = Date.now();
    current().refuse();
    const { nextTryAt } = states.at(-1) as StreamState & { kind: "lost" };
    expect(nextTryAt! - before).toBeGreaterThanOrEqual(750 * 2 ** i);
    vi.advanceTimersByTime(nextTryAt! - before - 1);
    expect(FakeEventSource.all).toHaveLength(i + 1);
    vi.advanceTimersByTime(1);
  }
  expect(urls().slice(1)).toEqual(Array(3).fill("/stocks/stream?lastEventId=e%201-7"));
});

test("a stream that says nothing any more is opened anew, unless silence is to be expected", () => {
  const { kinds } = open();
  current().accept();
  vi.advanceTimersByTime(50_000);
  expect([kinds(), FakeEventSource.all[0]!.readyState]).toEqual([["connecting", "open", "connecting"], FakeEventSource.CLOSED]);

  FakeEventSource.all = [];
  open(false);
  current().accept();
  vi.advanceTimersByTime(600_000);
  expect(FakeEventSource.all).toHaveLength(1);
});

test("trying now does not disturb a stream that works, and does not wait otherwise", () => {
  const { stream } = open();
  current().accept();
  stream.tryNow();
  expect(FakeEventSource.all).toHaveLength(1);

  current().refuse();
  stream.tryNow();
  expect(FakeEventSource.all).toHaveLength(2);
  vi.advanceTimersByTime(60_000);
  expect(FakeEventSource.all.filter((source) => source.readyState !== FakeEventSource.CLOSED)).toHaveLength(1);
});

test("who closes it hears no more, and nothing is tried again", () => {
  const { stream } = open();
  current().refuse();
  stream.close();
  vi.advanceTimersByTime(60_000);
  expect(FakeEventSource.all).toHaveLength(1);
});
