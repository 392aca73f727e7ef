/** Chooses the form that a language uses for a number; "#" in it becomes the number. */
export function plural(language: string, count: number, forms: { one: string; other: string }): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? forms.one : forms.other;
  return form.replace("#", new Intl.NumberFormat(language).format(count));
}
