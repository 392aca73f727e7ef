import { expect, test } from "vitest";
import { untranslated } from "../shared/textsTesting";
import { en } from "./texts.en";
import { fr } from "./texts.fr";

test("both languages say the same things, and nothing is left untranslated", () => {
  // Names, and what is on the wire.
  expect(untranslated(en, fr).filter((key) => !/^lessons\.[^.]+\.steps\.|^techniques\.|^webhooks\.(socket|hook)$|^results\.technique$|^controls\.which$/.test(key))).toEqual([]);
});

test("every problem that the server names has its text", () => {
  const codes = "offline gone rate_limited too_many_runs too_many_connections busy unsupported invalid_payload invalid_url not_registered unknown";
  expect(Object.keys(en.problems).sort()).toEqual(codes.split(" ").sort());
});
