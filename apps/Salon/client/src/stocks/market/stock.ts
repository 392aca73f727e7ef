import { signal } from "@preact/signals";
import type { Quote, Tick } from "../contract";

/** How many closes a trend line has. */
export const trendLength = 60;

/** What the page shows of a stock. `moved` is the direction of the last change of the price, `changes` counts them. */
export interface Shown extends Quote {
  moved: -1 | 0 | 1;
  changes: number;
}

/** One stock: what is known of it, and what is shown, which follows at the page's own pace. */
export class Stock {
  readonly shown;
  private quote: Shown;

  constructor(quote: Quote) {
    this.quote = { ...quote, trend: quote.trend.slice(-trendLength), moved: 0, changes: 0 };
    this.shown = signal<Shown>(this.quote);
  }

  get symbol(): string {
    return this.quote.symbol;
  }

  get latest(): Quote {
    return this.quote;
  }

  replace(quote: Quote): void {
    this.change({ ...quote, trend: quote.trend.slice(-trendLength) });
  }

  addTick({ price, volume, high, low, time }: Tick): void {
    this.change({ price, volume, high, low, time });
  }

  /** A new day: what is told of a day begins again at this price. */
  beginDay(): void {
    const { price } = this.quote;
    this.change({ previousClose: price, open: price, high: price, low: price, volume: 0 });
  }

  addClose(close: number): void {
    this.quote = { ...this.quote, trend: [...this.quote.trend, close].slice(-trendLength) };
  }

  show(): void {
    this.shown.value = this.quote;
  }

  private change(change: Partial<Quote>): void {
    const { price, moved, changes } = this.quote;
    const difference = Math.sign((change.price ?? price) - price) as -1 | 0 | 1;
    this.quote = { ...this.quote, ...change, moved: difference || moved, changes: difference ? changes + 1 : changes };
  }
}
