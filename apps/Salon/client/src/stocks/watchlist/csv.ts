import { change, percent } from "./order";
import type { Quote } from "../contract";

const head = ["symbol", "name", "sector", "last", "change", "changePercent", "open", "high", "low", "previousClose", "volume", "time"];

/** The stocks as a table for other programs (RFC 4180); numbers with a point, times in UTC. */
export function toCsv(quotes: readonly Quote[]): string {
  const rows = quotes.map((quote) => [
    text(quote.symbol),
    text(quote.name),
    text(quote.sector),
    quote.price.toFixed(2),
    change(quote).toFixed(2),
    (percent(quote) * 100).toFixed(2),
    quote.open.toFixed(2),
    quote.high.toFixed(2),
    quote.low.toFixed(2),
    quote.previousClose.toFixed(2),
    String(quote.volume),
    new Date(quote.time).toISOString(),
  ]);
  return [head, ...rows].map((row) => row.join(",") + "\r\n").join("");
}

/** A cell that no spreadsheet takes for a formula. */
function text(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
