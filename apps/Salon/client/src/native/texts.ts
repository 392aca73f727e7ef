import { inLanguage } from "../shared/language";
import { en } from "./texts.en";
import { fr } from "./texts.fr";

export type Texts = typeof en;

export const texts = inLanguage<Texts>({ en, fr });
