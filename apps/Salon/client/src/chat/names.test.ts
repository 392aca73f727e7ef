import { expect, test } from "vitest";
import { hue, initials, keyOf, problemOf, tidy } from "./names";

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
