import { en } from "./texts.en";
import { fr } from "./texts.fr";
import { inLanguage } from "../shared/language";

export type Texts = typeof en;

export const texts = inLanguage<Texts>({ en, fr });
