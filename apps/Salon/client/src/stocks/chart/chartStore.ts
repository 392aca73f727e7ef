import { effect, signal } from "@preact/signals";
import { Series, keptCandles } from "./series";
import { intervals } from "../contract";
import type { Candle, Candles, ClosedCandle, Interval, Tick } from "../contract";
import { isAfter } from "../feed/position";
import type { Market } from "../market/market";
import type { Watchlist } from "../watchlist/watchlist";
import { readText, writeText } from "../../shared/storage";

export type ChartKind = "candles" | "line";
export type ChartPhase = "loading" | "ready" | "failed";

const asked = 300;
const keptTicks = 2_000;

/** The candles of the stock that is looked at: asked for once, and then made of the events. */
export class ChartStore {
  readonly kind = signal<ChartKind>(readText("stocks.chart") === "line" ? "line" : "candles");
  readonly interval = signal<Interval>(intervals.find((known) => known === readText("stocks.interval")) ?? "1s");
  readonly phase = signal<ChartPhase>("loading");

  /** What is drawn; during a pause, what was known when it began. */
  readonly candles = signal<readonly Candle[]>([]);

  private series = new Series("1s");
  private symbol: string | null = null;
  private loading: AbortController | null = null;

  /** The last event that was in the candles when they came: the stream may still have to tell it. */
  private from: string | null = null;

  /** What the stream told while the candles were on their way. */
  private early: { id: string; tick: Tick }[] = [];
  private isBehind = false;

  constructor(
    private readonly market: Market,
    private readonly list: Watchlist,
    private readonly ask: (url: string, signal: AbortSignal) => Promise<Candles> = askServer,
  ) {
    market.follow({ onTick: (tick, id) => this.onTick(tick, id), onCandle: (candle) => this.onCandle(candle), onGap: () => this.load() });
    effect(() => {
      this.list.selected.value;
      this.interval.value;
      this.load();
    });
    effect(() => {
      this.market.shows.value;
      this.show();
    });
  }

  setKind(kind: ChartKind): void {
    this.kind.value = kind;
    writeText("stocks.chart", kind);
  }

  setInterval(interval: Interval): void {
    this.interval.value = interval;
    writeText("stocks.interval", interval);
  }

  /** Asks for the candles, again if need be. */
  load(): void {
    this.loading?.abort();
    const symbol = this.list.selected.peek()?.symbol;
    if (symbol === undefined) return;

    const loading = new AbortController();
    this.loading = loading;
    this.early = [];
    if (this.series.interval !== this.interval.peek() || this.symbol !== symbol) {
      this.candles.value = [];
      this.phase.value = "loading";
    }
    void this.fill(symbol, this.interval.peek(), loading);
  }

  private async fill(symbol: string, interval: Interval, loading: AbortController): Promise<void> {
    try {
      const url = `/stocks/${encodeURIComponent(symbol)}/candles?interval=${interval}&limit=${Math.min(asked, keptCandles)}`;
      const { candles, id } = await this.ask(url, loading.signal);
      if (loading.signal.aborted) return;

      this.series = new Series(interval, candles);
      this.symbol = symbol;
      this.from = id;
      this.early.forEach((early) => this.addTick(early.tick, early.id));
      this.isBehind = false;
      this.candles.value = [...this.series.candles];
      this.phase.value = "ready";
    } catch {
      // Whatever it was, one can try again; who has chosen something else does not hear of it.
      if (!loading.signal.aborted) this.phase.value = "failed";
    } finally {
      if (this.loading === loading) {
        this.loading = null;
        this.early = [];
      }
    }
  }

  private onTick(tick: Tick, id: string): void {
    if (tick.symbol !== this.list.selected.peek()?.symbol) return;

    if (this.loading) {
      if (this.early.length < keptTicks) this.early.push({ id, tick });
    } else if (this.phase.peek() === "ready") {
      this.addTick(tick, id);
    }
  }

  private addTick(tick: Tick, id: string): void {
    if (!isAfter(id, this.from)) return;
    this.series.addTick(tick);
    this.isBehind = true;
  }

  private onCandle(candle: ClosedCandle): void {
    const isMine = candle.symbol === this.symbol && candle.interval === this.series.interval;
    if (!isMine || this.loading || this.phase.peek() !== "ready") return;

    this.series.addClosed(candle);
    this.isBehind = true;
  }

  /** The chart follows together with the prices: a candle that has closed does so with the tick that opened the next. */
  private show(): void {
    if (!this.isBehind || this.loading || this.phase.peek() !== "ready") return;
    this.isBehind = false;
    this.candles.value = [...this.series.candles];
  }
}

async function askServer(url: string, signal: AbortSignal): Promise<Candles> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as Candles;
}
