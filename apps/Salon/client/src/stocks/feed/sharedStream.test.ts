import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SharedStream } from "./sharedStream";
import type { Role, SharedListener, Sharing } from "./sharedStream";
import { FakeBrowser, FakeEventSource } from "./testing";
import { Market } from "../market/market";
import { quote, snapshot, tick } from "../testing";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal("EventSource", FakeEventSource);
  FakeEventSource.all = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

/** A tab, and what it has heard: the prices of AA in the order in which they came. */
async function openTab(browser: FakeBrowser | null, isVisible = true) {
  const market = new Market(() => {});
  const prices: number[] = [];
  market.follow({ onTick: (next) => prices.push(next.price) });
  const tab = { role: null as Role | null, state: "", isVisible, market, prices, price: () => market.find("AA")?.latest.price };

  const listener: SharedListener = {
    get position() {
      return market.position;
    },
    expectsEvents: false,
    onEvent: (event) => market.onEvent(event),
    onState: (state) => void (tab.state = state.kind),
    onRole: (role) => void (tab.role = role),
    snapshot: () => market.snapshot(),
  };
  const sharing: Sharing = { locks: browser?.locks, createChannel: browser?.createChannel, isVisible: () => tab.isVisible };
  const stream = new SharedStream(listener, sharing);
  stream.start();
  await settle();
  return Object.assign(tab, { stream });
}

/** The server's one market, which goes on from wherever a stream begins. */
class Server {
  private prices: number[] = [];

  accept(source = FakeEventSource.living.at(-1)!): void {
    source.accept();
    const from = Number(/lastEventId=e-(\d+)/.exec(source.url)?.[1] ?? -1);
    if (from < 0) {
      const first = snapshot(`e-${this.prices.length}`, quote("AA", { price: this.prices.at(-1) ?? 100 }));
      source.say("snapshot", first.data, first.id);
    } else this.prices.slice(from).forEach((price, index) => this.tell(source, from + index + 1, price));
  }

  tick(price: number): void {
    this.prices.push(price);
    FakeEventSource.living.forEach((source) => this.tell(source, this.prices.length, price));
  }

  private tell(source: FakeEventSource, seq: number, price: number): void {
    const event = tick(`e-${seq}`, "AA", price);
    source.say("tick", event.data, event.id);
  }
}

test("the first tab has the stream, and the others hear what it hears", async () => {
  const [browser, server] = [new FakeBrowser(), new Server()];
  const first = await openTab(browser);
  server.accept();
  server.tick(101);
  const second = await openTab(browser);
  server.tick(102);

  expect([first.role, second.role, FakeEventSource.all.length]).toEqual(["leader", "follower", 1]);
  expect([first.prices, second.prices, second.price(), second.state]).toEqual([[101, 102], [102], 102, "open"]);
});

test("when the leader goes, another takes over where it was, and nothing is lost or told twice", async () => {
  const [browser, server] = [new FakeBrowser(), new Server()];
  const first = await openTab(browser);
  server.accept();
  const [second, third] = [await openTab(browser), await openTab(browser)];
  server.tick(101);
  first.stream.stop();
  server.tick(102);
  await settle();
  server.tick(103);
  server.accept();
  server.tick(104);

  expect([second.role, third.role, FakeEventSource.living.length]).toEqual(["leader", "follower", 1]);
  expect(FakeEventSource.living[0]!.url).toBe("/stocks/stream?lastEventId=e-1");
  expect([second.prices, third.prices]).toEqual([[101, 102, 103, 104], [101, 102, 103, 104]]);
});

test("a tab that has heard less than the new leader asks it", async () => {
  const [browser, server] = [new FakeBrowser(), new Server()];
  const first = await openTab(browser);
  server.accept();
  const [second, third] = [await openTab(browser), await openTab(browser)];
  third.market.onEvent = () => {};
  server.tick(101);
  Reflect.deleteProperty(third.market, "onEvent");
  first.stream.stop();
  await settle();
  server.accept();

  expect([second.role, third.price(), third.market.position]).toEqual(["leader", 101, "e-1"]);
});

test("a leader that sleeps loses the lock to a tab that is looked at, and follows when it wakes", async () => {
  const [browser, server] = [new FakeBrowser(), new Server()];
  const first = await openTab(browser);
  server.accept();
  const hidden = await openTab(browser, false);
  const looked = await openTab(browser);

  first.isVisible = false;
  const asleep = vi.spyOn(first.stream as unknown as { post: () => void }, "post").mockImplementation(() => {});
  await vi.advanceTimersByTimeAsync(20_000);
  asleep.mockRestore();

  expect([first.role, hidden.role, looked.role]).toEqual(["follower", "follower", "leader"]);
  server.accept();
  server.tick(105);
  expect([first.price(), hidden.price(), looked.price(), FakeEventSource.living.length]).toEqual([105, 105, 105, 1]);
});

test("a leader that has nothing to say answers, and keeps the lock", async () => {
  const [browser, server] = [new FakeBrowser(), new Server()];
  const first = await openTab(browser);
  server.accept();
  const second = await openTab(browser);
  await vi.advanceTimersByTimeAsync(120_000);

  expect([first.role, second.role, FakeEventSource.all.length]).toEqual(["leader", "follower", 1]);
});

test("a tab that comes back from the browser's cache waits for its turn, or leads again", async () => {
  const [browser, server] = [new FakeBrowser(), new Server()];
  const first = await openTab(browser);
  server.accept();
  server.tick(101);
  first.stream.stop();
  await settle();
  expect(FakeEventSource.living).toEqual([]);

  server.tick(102);
  first.stream.start();
  await settle();
  server.accept();
  expect([first.role, first.prices, FakeEventSource.living.length]).toEqual(["leader", [101, 102], 1]);
});

test("without locks each tab has its own stream", async () => {
  const server = new Server();
  const first = await openTab(null);
  server.accept();
  const second = await openTab(null);
  server.accept();
  server.tick(101);

  expect([first.role, second.role, first.prices, second.prices]).toEqual(["alone", "alone", [101], [101]]);
});

test("whoever is asked to try again, the leader does", async () => {
  const browser = new FakeBrowser();
  await openTab(browser);
  const second = await openTab(browser);
  FakeEventSource.living[0]!.refuse();
  expect(second.state).toBe("lost");
  second.stream.tryNow();
  expect([FakeEventSource.living.length, second.state]).toEqual([1, "connecting"]);
});
