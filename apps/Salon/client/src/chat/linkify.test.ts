import { expect, test } from "vitest";
import { isOnlyEmoji, linkify } from "./linkify";

const links = (text: string) => linkify(text).flatMap((piece) => piece.href ?? []);

test("addresses become links and the rest stays as it is", () => {
  const text = "See https://example.org/a?b=1#c and http://localhost:3000, then tell me.";
  expect(links(text)).toEqual(["https://example.org/a?b=1#c", "http://localhost:3000"]);
  expect(linkify(text).map((piece) => piece.text).join("")).toBe(text);
});

test.each([
  ["(https://example.org/a)", "https://example.org/a"],
  ["https://en.wikipedia.org/wiki/Salon_(gathering)", "https://en.wikipedia.org/wiki/Salon_(gathering)"],
  ["(see https://example.org/x_(y).)", "https://example.org/x_(y)"],
  ["« https://example.org »", "https://example.org"],
  ["https://example.org/?!", "https://example.org/"],
])("punctuation belongs to the sentence: %s", (text, link) => {
  expect(links(text)).toEqual([link]);
});

test.each(["javascript:alert(1)", "data:text/html,x", "https://", "http://[", "example.org", "JAVASCRIPT:https"])("%s is no link", (text) => {
  expect(links(text)).toEqual([]);
});

test("a few emoji alone are recognised", () => {
  expect(["🎉", "👍🏽 👍", "👨‍👩‍👧", "🇫🇷🇬🇧", "❤️"].every(isOnlyEmoji)).toBe(true);
  expect(["", " ", "a🎉", "1", "#", "🎉".repeat(40)].some(isOnlyEmoji)).toBe(false);
});
