import { effect, signal } from "@preact/signals";
import { readText, writeText } from "./storage";

export type Theme = "system" | "light" | "dark";

const stored = readText("theme");

export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "system");

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});

export function setTheme(next: Theme): void {
  theme.value = next;
  writeText("theme", next === "system" ? null : next);
}
