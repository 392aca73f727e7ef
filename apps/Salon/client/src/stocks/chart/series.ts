import { lengthOf } from "../contract";
import type { Candle, Interval, Tick } from "../contract";

/** How many candles are kept. */
export const keptCandles = 600;

/** The candles of one stock, oldest first; the last one is still open. */
export class Series {
  private items: Candle[];

  constructor(
    readonly interval: Interval,
    candles: readonly Candle[] = [],
  ) {
    this.items = candles.slice(-keptCandles);
  }

  get candles(): readonly Candle[] {
    return this.items;
  }

  addTick({ price, size, time }: Tick): void {
    const length = lengthOf[this.interval];
    const start = Math.floor(time / length) * length;
    const last = this.items.at(-1);

    if (last && start <= last.time) {
      // A tick of a candle that has closed already belongs to that one; its closing is told separately.
      if (start < last.time) return;
      const open = { ...last, high: Math.max(last.high, price), low: Math.min(last.low, price), close: price, volume: last.volume + size };
      this.items[this.items.length - 1] = open;
    } else {
      this.push({ time: start, open: price, high: price, low: price, close: price, volume: size });
    }
  }

  /** A candle that has closed is what the server says it is. */
  addClosed({ time, open, high, low, close, volume }: Candle): void {
    const candle = { time, open, high, low, close, volume };
    const index = this.items.findLastIndex((item) => item.time <= time);

    if (this.items[index]?.time === time) this.items[index] = candle;
    else if (index === this.items.length - 1) this.push(candle);
    else if (index >= 0) this.items.splice(index + 1, 0, candle);
  }

  private push(candle: Candle): void {
    this.items.push(candle);
    if (this.items.length > keptCandles) this.items.shift();
  }
}
