/** Somebody wants to know when a price crosses a line. */
export interface Alert {
  id: string;
  symbol: string;
  direction: "above" | "below";
  price: number;

  /** When it happened, and at which price; null while it has not. */
  fired: { time: number; price: number } | null;
}

/** Whether the price has come over the line, from the other side, since it was what it was before. */
export function crosses({ direction, price }: Alert, before: number, now: number): boolean {
  return direction === "above" ? before < price && now >= price : before > price && now <= price;
}

/** What a price that is not reached yet can only be crossed to. */
export function directionTo(price: number, now: number): Alert["direction"] {
  return price >= now ? "above" : "below";
}

/** A price as people write it, with a point or a comma; null when it is none. */
export function parsePrice(text: string): number | null {
  const plain = text.trim().replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  const price = /^\d+(\.\d+)?$/.test(plain) ? Math.round(Number(plain) * 100) / 100 : Number.NaN;
  return price > 0 && price <= 10_000_000 ? price : null;
}

/** What was stored, as far as it is what it should be: others may have written there. */
export function toAlerts(stored: unknown): Alert[] {
  return Array.isArray(stored) ? stored.filter(isAlert) : [];
}

function isAlert(value: unknown): value is Alert {
  if (typeof value !== "object" || value === null) return false;
  const { id, symbol, direction, price, fired } = value as Record<keyof Alert, unknown>;
  const isFired = (some: unknown): boolean =>
    some === null || (typeof some === "object" && typeof (some as { time: unknown }).time === "number" && typeof (some as { price: unknown }).price === "number");

  return typeof id === "string" && typeof symbol === "string" && (direction === "above" || direction === "below") && typeof price === "number" && isFired(fired);
}
