import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Report, Settings } from "./contract";
import { LabStore } from "./run";
import { fromFragment, toFragment } from "./share";

vi.mock("./readers/open", () => ({ openReader: () => ({ stop: () => {} }) }));

const start = 1_795_000_000_000;
let settings: Settings;
let answers = true;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  vi.spyOn(performance, "timeOrigin", "get").mockReturnValue(start - performance.now());
  settings = { rate: 20, payload: 64, delay: 0, loss: 0 };
  answers = true;
  vi.stubGlobal("window", { addEventListener: () => {} });
  vi.stubGlobal("fetch", (path: string, { method, body }: RequestInit) => {
    if (!answers) return Promise.reject(new TypeError());
    if (method === "PATCH") settings = JSON.parse(body as string) as Settings;
    const report = { id: "r", settings, techniques: {}, phase: "open", phaseLeft: 0 } as unknown as Report;
    return Promise.resolve(Response.json(path.endsWith("/clock") ? { time: Date.now() } : report));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("what is kept of a run is the run, however much later, and whatever is set by then", async () => {
  const store = new LabStore();
  expect(store.result.value).toBeNull();
  await store.start();
  store.change({ rate: 50 });
  await vi.advanceTimersByTimeAsync(30_000);
  await store.stop();
  const ended = store.result.value!;

  await vi.advanceTimersByTimeAsync(600_000);
  store.change({ rate: 7, loss: 100 });
  store.pollPause.value = 5_000;
  expect(store.result.value).toBe(ended);
  expect(ended).toMatchObject({ at: start / 1_000 + 30, seconds: 30, settings: { rate: 50, loss: 0 }, pollPause: 500 });
  expect(fromFragment(toFragment(ended))).toMatchObject({ at: ended.at, seconds: 30 });
});

test("the settings of a run are those that the server has taken", async () => {
  const store = new LabStore();
  await store.start();
  await vi.advanceTimersByTimeAsync(2_000);
  answers = false;
  store.change({ rate: 100 });
  await vi.advanceTimersByTimeAsync(2_000);
  await store.stop();
  expect(store.result.value!.settings.rate).toBe(20);
});
