export const sparkWidth = 88;
export const sparkHeight = 24;

/** A trend as the path of an SVG: recent closes, and the price of now at its end. Whole pixels, so that it changes only when one sees it. */
export function sparkline(trend: readonly number[], price: number): string {
  const values = [...trend, price];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = sparkHeight - 4;
  const step = sparkWidth / Math.max(1, values.length - 1);

  return values
    .map((value, index) => {
      const y = high === low ? room / 2 : ((high - value) / (high - low)) * room;
      return `${index === 0 ? "M" : "L"}${Math.round(index * step * 10) / 10} ${Math.round(y) + 2}`;
    })
    .join("");
}

/** Where a price stands between the lowest and the highest of the day, from 0 to 1. */
export function placeInRange({ low, high, price }: { low: number; high: number; price: number }): number {
  return high <= low ? 0.5 : Math.min(1, Math.max(0, (price - low) / (high - low)));
}
