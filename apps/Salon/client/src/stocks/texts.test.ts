import { expect, test } from "vitest";
import { en } from "./texts.en";
import { fr } from "./texts.fr";
import { untranslated } from "../shared/textsTesting";

test("both languages say the same things, and nothing is left untranslated", () => {
  expect(untranslated(en, fr)).toEqual(["pause.pause", "list.volume", "detail.volume", "chart.open", "chart.high", "chart.close"]);
});

test("numbers take the form that their language uses", () => {
  expect([0, 1, 2].map(en.banner.back)).toEqual(["Connected again; nothing was missed.", "Connected again; 1 missed event was replayed.", "Connected again; 2 missed events were replayed."]);
  expect([0, 1, 2].map(fr.banner.back).map((text) => text.replaceAll("\u00a0", " "))).toEqual([
    "Connexion rétablie ; rien n’a été manqué.",
    "Connexion rétablie ; 1 événement manqué a été rejoué.",
    "Connexion rétablie ; 2 événements manqués ont été rejoués.",
  ]);
});

test("French punctuation does not stand at the beginning of a line", () => {
  const said = JSON.stringify(fr, (_, value: unknown) => (typeof value === "function" ? String((value as (...args: unknown[]) => string)("X", "above", "1")) : value));
  expect(said).not.toMatch(/ [:;?!»]|« /);
});
