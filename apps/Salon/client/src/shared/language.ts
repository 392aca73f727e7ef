import { computed, effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { en } from "./texts.en";
import { fr } from "./texts.fr";
import { writeText } from "./storage";

export type Language = "en" | "fr";
export type Texts = typeof en;

/** boot.js has chosen already: what was chosen before, or else what the browser prefers. */
export const language = signal<Language>(document.documentElement.lang === "fr" ? "fr" : "en");

/** What all pages say, and the chat; another page brings its own texts, in files beside it. */
export const texts = inLanguage<Texts>({ en, fr });

/** How times and numbers are written: as the browser's country does, if its language was chosen. */
export const locale = computed(() => navigator.languages.find((tag) => tag.split("-")[0] === language.value) ?? language.value);

effect(() => {
  document.documentElement.lang = language.value;
});

/** Texts in the chosen language: `export const texts = inLanguage<Texts>({ en, fr });` */
export function inLanguage<T>(all: Record<Language, T>): ReadonlySignal<T> {
  return computed(() => all[language.value]);
}

export function setLanguage(next: Language): void {
  language.value = next;
  writeText("language", next);
}
