/** How long to wait before the next try: doubled each time up to a quarter of a minute, and never the same for all. */
export function delayBefore(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(15_000, 1_000 * 2 ** attempt);
  return Math.round(base * (0.75 + random() * 0.5));
}
