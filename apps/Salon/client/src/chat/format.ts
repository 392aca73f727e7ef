import { locale, texts } from "../shared/language";

export function clock(time: string): string {
  return new Intl.DateTimeFormat(locale.value, { hour: "2-digit", minute: "2-digit" }).format(new Date(time));
}

export function fullTime(time: string): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: "full", timeStyle: "medium" }).format(new Date(time));
}

/** The day of a time as people say it: today, yesterday, or a date. */
export function day(time: string, now = new Date()): string {
  const date = new Date(time);
  const t = texts.value.conversation;
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);

  if (date.toDateString() === now.toDateString()) return t.today;
  if (date.toDateString() === yesterday.toDateString()) return t.yesterday;

  const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  if (date.getFullYear() !== now.getFullYear()) options.year = "numeric";
  return new Intl.DateTimeFormat(locale.value, options).format(date);
}

/** What an error of the server is called here. */
export function errorText(code: string): string {
  const errors: Record<string, string> = texts.value.errors;
  return Object.hasOwn(errors, code) ? errors[code]! : texts.value.errors.unknown;
}
