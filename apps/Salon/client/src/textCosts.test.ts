import { describe, expect, test } from "vitest";
import { merge } from "./chat/messages";
import { isOnlyEmoji, linkify } from "./chat/linkify";
import { hue, initials, keyOf, problemOf, tidy } from "./chat/names";
import { toTimeline } from "./chat/timeline";
import { toCsv as toLabCsv } from "./lab/csv";
import { fromFragment } from "./lab/share";
import { colour, split } from "./native/source";
import { problemOfText } from "./shared/characters";
import { stepsOf } from "./shared/costTesting";
import { parsePrice, toAlerts } from "./stocks/alerts/alert";
import type { Quote } from "./stocks/contract";
import { isAfter } from "./stocks/feed/position";
import { toCsv } from "./stocks/watchlist/csv";
import { arrange } from "./stocks/watchlist/order";

/** Twice the text costs at most twice the steps, and none needs more than some per character: one message must not freeze everybody's page. */
const size = 1_000;
const stepsPerCharacter = 60;

const fill = (part: string, length: number): string => part.repeat(Math.ceil(length / part.length)).slice(0, length);

/** What makes functions on texts slow: long runs of what ends something, opens something, or may belong to two things. */
const parts = [
  "a", " ", "\t \n", "\u00a0", ")", "(", "()", ").", ".", ".a", "»", "http://", "https://a", "https://a) ", "https://(", "http://x.)", "https:/", "http://[",
  "\u0301", "e\u0301", "\u0301\u0323", "\u200d", "\u200c", "\ufe0f", "👍", "👍🏽", "👍\u200d", "🏽", "🇫🇷", "🇫", "🏴\u{e0067}", "\u{e0067}", "\ud83d", "\udc4d", "क्ष", "क्", "น้ำ", "가", "\u1100", "ﷺ",
  "\u202e", "\u0000", "İ", "ß", "Σ", '"', '""', "=", ",", "\r\n", "-", "1-", "-1", "1", "1.", "// 1\n", "   ", "const ", "/^", "_",
];
const beginnings: Record<string, string> = { linkify: "https://x/(", isOnlyEmoji: "👍", colour: '"', fromFragment: "#run=" };

const quote = (text: string): Quote =>
  ({ symbol: text, name: text, sector: text, price: 1, open: 1, high: 1, low: 1, previousClose: 1, volume: 1, time: 0 }) as unknown as Quote;
const arrangeBy = (text: string, filter: string) => arrange([{ latest: quote(text) }], filter, { column: "symbol", descending: false }, new Set());

const functions: Record<string, (text: string) => unknown> = {
  linkify,
  isOnlyEmoji,
  tidy,
  problemOf: (text) => problemOf(text, 32),
  keyOf,
  problemOfText: (text) => problemOfText(text, 5_000),
  initials,
  hue,
  colour,
  split,
  parsePrice,
  isAfter: (text) => isAfter(text, "1-1"),
  fromFragment,
  "the search for stocks, in a long name": (text) => arrangeBy(text, "zz"),
  "the table of stocks": (text) => toCsv([quote(text)]),
};

describe.each(Object.entries(functions))("%s", { timeout: 60_000 }, (name, call) => {
  test.each(["", beginnings[name] ?? "a"])("takes one pass over any text that begins with %j", (beginning) => {
    for (const part of parts) {
      const [once, twice] = [size, 2 * size].map((length) => {
        const text = beginning + fill(part, length);
        return stepsOf(() => call(text));
      }) as [number, number];

      expect(once, JSON.stringify(part)).toBeLessThan(stepsPerCharacter * size);
      expect(twice, JSON.stringify(part)).toBeLessThan(2.2 * once + 500);
    }
  });
});

const message = (i: number) => ({ room: "r", seq: i, id: `${i}`, username: `u${i % 3}`, text: "x", time: new Date(i * 60_000).toISOString() });
const notice = (i: number) => ({ id: `n${i}`, time: new Date(i * 61_000).toISOString(), message: "x" });
const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));

test.each<[string, (count: number) => () => unknown]>([
  ["merging messages that overlap, in the wrong order", (count) => {
    const [known, incoming] = [list(count, message), list(count, (i) => message(2 * count - i))];
    return () => merge(known, incoming);
  }],
  ["a timeline", (count) => {
    const [messages, notices] = [list(count, message), list(count, notice)];
    return () => toTimeline(messages, notices, 5);
  }],
  ["the stored alerts", (count) => {
    const stored = list(count, (i) => ({ id: `${i}`, symbol: "A", direction: "above", price: 1, fired: null }));
    return () => toAlerts(stored);
  }],
  ["the table of the lab", (count) => {
    const figures = list(count, () => ({ technique: "sse", mean: 1 }));
    const run = { at: 1, settings: { rate: 1, payload: 1, delay: 1, loss: 1 }, pollPause: 1, clients: 1, seconds: 1, figures };
    return () => toLabCsv(run as unknown as Parameters<typeof toLabCsv>[0]);
  }],
])("%s takes one pass over a list", (_, prepare) => {
  const [once, twice] = [500, 1_000].map((count) => stepsOf(prepare(count))) as [number, number];
  expect(twice).toBeLessThan(2.3 * once + 500);
});

describe("steps are counted", () => {
  test("a quadratic function is found out", () => {
    const quadratic = (text: string) => {
      for (let rest = text; rest !== ""; rest = rest.slice(1)) rest.includes(")");
    };
    const [once, twice] = [stepsOf(() => quadratic(fill(")", 500))), stepsOf(() => quadratic(fill(")", 1_000)))];
    expect(twice / once).toBeGreaterThan(3.5);
  });

  test("and blocks of the pages' own code are among them", () => {
    expect(stepsOf(() => linkify(`https://x/${fill("a", 1_000)}`))).toBeGreaterThan(stepsOf(() => linkify(fill("a", 1_000))) + 900);
  });
});
