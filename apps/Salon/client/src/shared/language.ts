import { computed, effect, signal } from "@preact/signals";
import { en } from "./texts.en";
import { fr } from "./texts.fr";
import { writeText } from "./storage";

export type Language = "en" | "fr";
export type Texts = typeof en;

const all: Record<Language, Texts> = { en, fr };

/** boot.js has chosen already: what was chosen before, or else what the browser prefers. */
export const language = signal<Language>(document.documentElement.lang === "fr" ? "fr" : "en");

/** Everything the pages say, in the chosen language. */
export const texts = computed(() => all[language.value]);

/** How times and numbers are written: as the browser's country does, if its language was chosen. */
export const locale = computed(() => navigator.languages.find((tag) => tag.split("-")[0] === language.value) ?? language.value);

effect(() => {
  document.documentElement.lang = language.value;
});

export function setLanguage(next: Language): void {
  language.value = next;
  writeText("language", next);
}
