import { language, setLanguage, texts } from "./language";
import { setTheme, theme } from "./theme";
import type { Theme } from "./theme";

/** The choice of language and theme, at the foot of every page. */
export function Preferences() {
  const t = texts.value.preferences;
  const themes: [Theme, string][] = [
    ["system", t.system],
    ["light", t.light],
    ["dark", t.dark],
  ];

  return (
    <div class="preferences">
      <div class="choice" role="group" aria-label={t.language}>
        <button type="button" lang="fr" aria-pressed={language.value === "fr"} onClick={() => setLanguage("fr")}>
          Français
        </button>
        <button type="button" lang="en" aria-pressed={language.value === "en"} onClick={() => setLanguage("en")}>
          English
        </button>
      </div>
      <div class="choice" role="group" aria-label={t.theme}>
        {themes.map(([value, label]) => (
          <button key={value} type="button" aria-pressed={theme.value === value} onClick={() => setTheme(value)}>
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
