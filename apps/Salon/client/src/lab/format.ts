import { locale } from "../shared/language";

/** Milliseconds with as many digits as mean something. */
export function milliseconds(value: number | null): string {
  if (value === null) return "–";
  return number(value, value < 10 ? 2 : value < 100 ? 1 : 0);
}

export function number(value: number | null, digits = 0): string {
  return value === null ? "–" : new Intl.NumberFormat(locale.value, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** Bytes as people read them, in steps of a thousand. */
export function bytes(value: number | null): string {
  if (value === null) return "–";
  const unit = value < 1_000 ? "byte" : value < 1_000_000 ? "kilobyte" : "megabyte";
  const scaled = value / { byte: 1, kilobyte: 1_000, megabyte: 1_000_000 }[unit];
  return new Intl.NumberFormat(locale.value, { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumFractionDigits: unit === "byte" ? 0 : 1 }).format(scaled);
}

export function clockTime(at: number): string {
  return new Intl.DateTimeFormat(locale.value, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 }).format(at);
}

export function date(at: number): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: "long", timeStyle: "short" }).format(at);
}
