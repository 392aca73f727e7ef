import { expect, test } from "vitest";
import { en } from "./texts.en";
import { fr } from "./texts.fr";
import { untranslated } from "./textsTesting";

test("both languages say the same things, and nothing is left untranslated", () => {
  expect(untranslated(en, fr)).toEqual(["home.title"]);
});

test("numbers take the form that their language uses", () => {
  expect([0, 1, 2].map(en.members.count)).toEqual(["0 people here", "1 person here", "2 people here"]);
  expect([0, 1, 2].map(fr.members.count)).toEqual(["0 personne présente", "1 personne présente", "2 personnes présentes"]);
  expect(fr.conversation.newMessages(1_234)).toMatch(/^1\s234 nouveaux messages$/u);
});

test("every code of the server's errors has its text", () => {
  const codes = "invalid_username invalid_room invalid_argument already_exists not_found not_a_member too_long empty too_many_rooms rate_limited unavailable internal_error unknown_event timeout";
  expect(Object.keys(en.errors)).toEqual(expect.arrayContaining(codes.split(" ")));
});
