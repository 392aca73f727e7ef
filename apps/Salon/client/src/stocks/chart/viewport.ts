/** How wide a candle is with its gap, in CSS pixels. */
export const widths: readonly number[] = [3, 5, 7, 10, 14, 20];

/** What of the candles is in view: `count` of them, from `first`. The newest stand at the right edge unless somebody looks further back. */
export interface Viewport {
  first: number;
  count: number;
}

/** @param back how many of the newest candles are out of view, to the right */
export function viewportOf(total: number, plotWidth: number, width: number, back: number): Viewport {
  const fits = Math.max(1, Math.floor(plotWidth / width));
  const last = Math.max(Math.min(total, fits), total - Math.max(0, back));
  const first = Math.max(0, last - fits);
  return { first, count: last - first };
}

/** The middle of a candle, from the left edge. Few candles stand at the right, where the next will come. */
export function centreOf(index: number, view: Viewport, plotWidth: number, width: number): number {
  return plotWidth - (view.first + view.count - index - 0.5) * width;
}

/** The candle at a place; null where there is none. */
export function indexAt(x: number, view: Viewport, plotWidth: number, width: number): number | null {
  if (view.count === 0) return null;
  const index = view.first + view.count - 1 - Math.floor((plotWidth - x) / width);
  return Math.min(view.first + view.count - 1, Math.max(view.first, index));
}

/** How far one must look back for a candle to be in view. */
export function backFor(index: number, total: number, view: Viewport, back: number): number {
  if (index < view.first) return total - index - view.count;
  if (index >= view.first + view.count) return total - 1 - index;
  return back;
}
