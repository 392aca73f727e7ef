import { expect, test } from "vitest";
import { hue, initials, keyOf, problemOf, tidy } from "./names";
import { lengthOf, problemOfText } from "../shared/characters";
import cases from "../../../../../tests/text-cases.json";

// The server's tests read the same cases.
test.each(cases.names as { name: string; problem: string | null; tidy?: string }[])("the name $name: $problem", (each) => {
  expect(problemOf(each.name, 32)).toBe(each.problem);
  if (each.problem === null) expect(tidy(each.name)).toBe(each.tidy ?? each.name);
});

test.each(cases.same)("%s looks like %s", (a, b) => {
  expect(keyOf(a!)).toBe(keyOf(b!));
});

test.each(cases.apart)("%s does not look like %s", (a, b) => {
  expect(keyOf(a!)).not.toBe(keyOf(b!));
});

test.each(cases.lengths as [string, number][])("%j has %i characters", (text, length) => {
  expect(lengthOf(text)).toBe(length);
});

test.each(cases.messages)("a message of $times times $text: $problem", ({ text, times, problem }) => {
  expect(problemOfText(text.repeat(times).trim(), 5_000)).toBe(problem);
});

test("half an emoji is neither a message nor a name", () => {
  expect(problemOfText("a\ud83d", 10)).toBe("invalid");
  expect(problemOf("a\ud83d", 10)).toBe("hidden");
});

test("spaces are made single and outer ones dropped", () => {
  expect(tidy("  Ada \t  Lovelace ")).toBe("Ada Lovelace");
});

test.each([
  ["", "empty"],
  ["   ", "empty"],
  ["a\u200bb", "hidden"],
  ["a\u202eb", "hidden"],
  ["a\u0000b", "hidden"],
  ["a\ufffdb", "hidden"],
  ["x".repeat(33), "tooLong"],
  ["x".repeat(32), null],
  ["e\u0301".repeat(32), null],
  ["Zoë 李", null],
] as const)("%j: %s", (name, problem) => {
  expect(problemOf(name, 32)).toBe(problem);
});

test("names that differ in case are one", () => {
  expect(keyOf(" General ")).toBe(keyOf("gENERAL"));
});

test("one or two letters stand for a person", () => {
  expect(["Ada Lovelace", "bob", "Élise de la Tour", "👩🏽‍💻 dev", ""].map(initials)).toEqual(["AL", "B", "ÉT", "👩🏽‍💻D", ""]);
});

test("a name has one colour", () => {
  expect(hue("Alice")).toBe(hue("alice"));
  expect(hue("Alice")).not.toBe(hue("Bruno"));
});
