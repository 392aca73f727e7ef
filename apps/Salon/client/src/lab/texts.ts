import { inLanguage } from "../shared/language";
import { en } from "./texts.en";
import { fr } from "./texts.fr";

export type LabTexts = typeof en;

/** What the lab says. */
export const texts = inLanguage<LabTexts>({ en, fr });
