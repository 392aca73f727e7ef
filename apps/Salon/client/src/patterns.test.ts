import { RegExpParser } from "@eslint-community/regexpp";
import type { AST } from "@eslint-community/regexpp";
import { analyse } from "scslre";
import { parseAst } from "vite";
import { expect, test } from "vitest";

/** Every regular expression of the pages, wherever it is written. A pattern that needs more than one pass lets one message freeze everybody's page. */
const sources = import.meta.glob<string>(["./**/*.{ts,tsx}", "../public/*.js", "!./**/*.test.ts", "!./**/*Testing.ts"], { query: "?raw", import: "default", eager: true });
const patterns = Object.entries(sources).flatMap(([file, source]) => literalsIn(file, source).map((literal) => ({ file, ...literal })));

test("all patterns are found", () => {
  expect(patterns.length).toBeGreaterThan(15);
  expect(patterns.some(({ file }) => file.endsWith("linkify.ts"))).toBe(true);
  expect(Object.entries(sources).filter(([, source]) => /new RegExp|RegExp\(/.test(source))).toEqual([]);
});

test.each(patterns)("$file: /$pattern/$flags takes one pass over any text", ({ pattern, flags }) => {
  expect(analyse(parse(pattern, flags)).reports.map(({ type, exponential }) => ({ type, exponential }))).toEqual([]);
});

test.each([
  ["[.,;]+$", "u", "Move"],
  ["^(a+)+$", "", "Self"],
  ["^a*a*$", "", "Trade"],
])("a pattern like /%s/ would be refused", (pattern, flags, type) => {
  expect(analyse(parse(pattern, flags)).reports.map((report) => report.type)).toContain(type);
});

function parse(pattern: string, flags: string): { pattern: AST.Pattern; flags: AST.Flags } {
  const parser = new RegExpParser();
  return {
    pattern: parser.parsePattern(pattern, 0, pattern.length, { unicode: flags.includes("u"), unicodeSets: flags.includes("v") }),
    flags: parser.parseFlags(flags),
  };
}

function literalsIn(file: string, source: string): { pattern: string; flags: string }[] {
  const found: { pattern: string; flags: string }[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if ("regex" in node && typeof node.regex === "object") found.push(node.regex as { pattern: string; flags: string });
    else for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(source, { lang: file.endsWith("x") ? "tsx" : "ts" }));
  return found;
}
