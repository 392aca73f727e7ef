import { signal } from "@preact/signals";
import type { Quote, Tick } from "../contract";

/** How many closes a trend line has. */
export const trendLength = 60;

/** For how many more showings a price that has moved is lit up. */
export const flashLength = 5;

type Direction = -1 | 0 | 1;

/** What the page shows of a stock: where its price has last gone to, and whether it did so just now. */
export interface Shown extends Quote {
  moved: Direction;
  isFlashing: boolean;
}

/** One stock: what is known of it, and what is shown, which follows at the page's own pace. */
export class Stock {
  readonly shown;
  private quote: Quote;
  private flashesLeft = 0;

  constructor(quote: Quote) {
    this.quote = withTrend(quote, quote.trend);
    this.shown = signal<Shown>({ ...this.quote, moved: 0, isFlashing: false });
  }

  get symbol(): string {
    return this.quote.symbol;
  }

  get latest(): Quote {
    return this.quote;
  }

  replace(quote: Quote): void {
    this.quote = withTrend(quote, quote.trend);
  }

  addTick({ price, open, volume, high, low, time }: Tick): void {
    this.quote = { ...this.quote, price, open, volume, high, low, time };
  }

  /** A new day: what is told of a day begins again at this price. */
  beginDay(): void {
    const { price } = this.quote;
    this.quote = { ...this.quote, previousClose: price, open: price, high: price, low: price, volume: 0 };
  }

  addClose(close: number): void {
    this.quote = withTrend(this.quote, [...this.quote.trend, close]);
  }

  show(): void {
    const { price, moved, isFlashing } = this.shown.peek();
    const direction = Math.sign(this.quote.price - price) as Direction;
    if (direction !== 0) this.flashesLeft = flashLength;
    this.shown.value = { ...this.quote, moved: direction || moved, isFlashing: direction !== 0 || isFlashing };
  }

  /**
   * One showing has passed.
   * @returns whether the price is still lit up
   */
  fade(): boolean {
    if (--this.flashesLeft > 0) return true;
    this.shown.value = { ...this.shown.peek(), isFlashing: false };
    return false;
  }
}

function withTrend(quote: Quote, trend: readonly number[]): Quote {
  return { ...quote, trend: trend.slice(-trendLength) };
}
