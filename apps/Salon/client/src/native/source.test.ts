import { expect, test } from "vitest";
import { colour, split } from "./source";
import { en } from "./texts.en";
import source from "../../public/native-chat.js?raw";

test("each part of the script has its explanation, and none is without a part", () => {
  expect(split(source).map((section) => section.number)).toEqual(en.sections.map((_, index) => index + 1));
});

test("nothing of the script is left out, but the marks", () => {
  const shown = split(source).map((section) => section.code).join("\n");
  const lines = (text: string) => text.split("\n").filter((line) => line.trim() !== "" && !/^ *\/\/ \d+$/.test(line));
  expect(lines(shown)).toEqual(lines(source));
});

test("the script is as short as the page says", () => {
  expect(source.split("\n").filter((line) => line.trim() !== "" && !/^ *\/\/ \d+$/.test(line)).length).toBeLessThanOrEqual(60);
});

test("colours change no character", () => {
  expect(colour(source).map((part) => part.text).join("")).toBe(source);
  expect(colour('const a = 2_000; // "x"').map((part) => `${part.kind}:${part.text}`)).toEqual([
    "keyword:const",
    "plain: a = ",
    "number:2_000",
    "plain:; // ",
    'text:"x"',
  ]);
});
