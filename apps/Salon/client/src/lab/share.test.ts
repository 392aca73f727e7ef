import { expect, test } from "vitest";
import type { Figures } from "./measurement";
import { fromFragment, toFragment } from "./share";
import type { SharedRun } from "./share";

const figures: Figures = {
  technique: "sse", light: "off", connect: 3.21, received: 100, missed: 0, duplicated: 1, reconnects: 2, mean: 1.5, p95: 4, p99: 9.75,
  jitter: 0.4, requests: 3, wireBytes: 20_480, packets: 210, processor: null,
};
const run: SharedRun = { at: 1_795_000_000, settings: { rate: 20, payload: 64, delay: 0, loss: 0 }, pollPause: 500, clients: 10, seconds: 60, figures: [figures] };

test("a link says what the page said", () => {
  const fragment = toFragment(run);
  expect(fragment).toMatch(/^#run=[A-Za-z0-9_-]+$/);
  expect(fromFragment(fragment)).toEqual(run);
});

test.each([
  ["a date", "[1,1e303,[20,64,0,0,500,10,60],[]]"],
  ["a date before all", "[1,-1,[20,64,0,0,500,10,60],[]]"],
  ["a setting", "[1,1,[1e9,64,0,0,500,10,60],[]]"],
  ["a length", "[1,1,[20,64,0,0,500,10,1e303],[]]"],
  ["a figure", "[1,1,[20,64,0,0,500,10,60],[[0,1e303,1,1,1,1,1,1,1,1,1,1,1,1]]]"],
  ["a figure below nothing", "[1,1,[20,64,0,0,500,10,60],[[0,-1,1,1,1,1,1,1,1,1,1,1,1,1]]]"],
])("a link with %s that no run has is none", (_, text) => {
  expect(fromFragment(`#run=${btoa(text)}`)).toBeNull();
});

test.each([
  "", "#", "#run=", "#run=%%%", "#run=e30", `#run=${btoa("[2,1,[1,2,3,4,5,6,7],[]]")}`, `#run=${btoa('[1,1,[1,2,3,4,5,6,"<b>"],[]]')}`,
  `#run=${btoa("[1,1,[1,2,3,4,5,6,7],[[9,1,1,1,1,1,1,1,1,1,1,1,1,1]]]")}`, `#run=${btoa("[1,1,[1,2,3,4,5,6,7],[[1]]]")}`, `#run=${"A".repeat(9_000)}`,
])("a link that nobody here has made is none: %s", (fragment) => expect(fromFragment(fragment)).toBeNull());
