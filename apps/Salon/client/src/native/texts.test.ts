import { expect, test } from "vitest";
import { en } from "./texts.en";
import { fr } from "./texts.fr";
import { untranslated } from "../shared/textsTesting";

test("both languages say the same things", () => {
  // The codes, and their heading.
  expect(untranslated(en, fr).filter((key) => !/^rules\.\d+\.0$/.test(key))).toEqual(["rulesCode"]);
});
