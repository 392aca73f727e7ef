import { expect, test } from "vitest";
import { isAfter } from "./position";

test("numbers are compared as numbers, within one epoch", () => {
  expect([isAfter("k3-10", "k3-9"), isAfter("k3-9", "k3-9"), isAfter("k3-9", "k3-10")]).toEqual([true, false, false]);
  expect(isAfter("k4-1", "k3-9")).toBe(false);
  expect(isAfter("a-b-10", "a-b-9")).toBe(true);
});

test("nothing comes after an unknown position, and what is no id is nowhere", () => {
  expect(isAfter("k3-1", null)).toBe(false);
  expect(["", "-1", "k3-", "k3-x", "k3", "k3-1 "].filter((id) => isAfter(id, "k3-0"))).toEqual([]);
});
