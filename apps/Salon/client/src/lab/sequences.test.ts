import { expect, test } from "vitest";
import { sequences } from "./sequences";
import { en } from "./texts.en";
import { fr } from "./texts.fr";

test.each(Object.keys(sequences) as (keyof typeof sequences)[])("every arrow of %s has its words in both languages", (name) => {
  expect(en.lessons[name].steps).toHaveLength(sequences[name].length);
  expect(fr.lessons[name].steps).toHaveLength(sequences[name].length);
});
