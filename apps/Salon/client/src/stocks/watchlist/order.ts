import type { Quote } from "../contract";

export type Column = "symbol" | "price" | "change" | "percent" | "volume";

export interface Sort {
  column: Column;
  descending: boolean;
}

export const change = ({ price, previousClose }: Quote): number => price - previousClose;
export const percent = ({ price, previousClose }: Quote): number => (previousClose === 0 ? 0 : price / previousClose - 1);

const valueOf: Record<Exclude<Column, "symbol">, (quote: Quote) => number> = {
  price: (quote) => quote.price,
  change,
  percent,
  volume: (quote) => quote.volume,
};

/** What somebody who chooses a column wants first: A for names, the largest for numbers. */
export function sortBy(column: Column, current: Sort): Sort {
  return column === current.column ? { column, descending: !current.descending } : { column, descending: column !== "symbol" };
}

/** The stocks that a filter leaves, sorted, those that are pinned first. */
export function arrange<T extends { latest: Quote }>(stocks: readonly T[], filter: string, sort: Sort, pins: ReadonlySet<string>): T[] {
  const words = plain(filter).split(/\s+/).filter(Boolean);
  const isWanted = ({ latest: { symbol, name, sector } }: T) => {
    const text = plain(`${symbol} ${name} ${sector}`);
    return words.every((word) => text.includes(word));
  };

  return stocks.filter(isWanted).sort((a, b) => comparePins(a.latest, b.latest, pins) || compare(a.latest, b.latest, sort));
}

function comparePins(a: Quote, b: Quote, pins: ReadonlySet<string>): number {
  return Number(pins.has(b.symbol)) - Number(pins.has(a.symbol));
}

function compare(a: Quote, b: Quote, { column, descending }: Sort): number {
  const bySymbol = a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0;
  if (column === "symbol") return descending ? -bySymbol : bySymbol;

  const difference = valueOf[column](a) - valueOf[column](b);
  return (descending ? -difference : difference) || bySymbol;
}

/** Without case and accents, as people look for things. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
