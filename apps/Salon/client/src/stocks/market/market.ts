import { batch, computed, signal } from "@preact/signals";
import type { ClosedCandle, EventData, EventType, Interval, MarketStatus, Quote, Session, Snapshot, Source, StreamEvent, Tick } from "../contract";
import { paced } from "./pace";
import { Stock } from "./stock";
import { isAfter } from "../feed/position";

/** The candles whose closes are the trend lines. */
export const trendInterval: Interval = "5s";

/** What those do who follow every event, also while the page shows none. */
export interface MarketFollower {
  onTick?(tick: Tick, id: string): void;

  /**
   * A price is known that may be another one, from a tick or from a new beginning.
   * @param before the price until now
   */
  onPrice?(quote: Quote, before: number): void;
  onCandle?(candle: ClosedCandle, id: string): void;

  /** Something was left out: what was made of the single events is not whole. */
  onGap?(): void;
}

/**
 * The market as the events tell it. What is shown follows when the page is painted, many events at once, and not at all while it is paused;
 * what is known follows always.
 */
export class Market {
  readonly stocks = signal<readonly Stock[]>([]);
  readonly source = signal<Source | null>(null);
  readonly session = signal<Session>("open");

  /** Whether the server itself hears from the market. */
  readonly isLive = signal(true);
  readonly isLoaded = computed(() => this.source.value !== null);

  /** When the last event came, by this computer's clock. */
  heardAt = 0;
  readonly isPaused = signal(false);

  /** Counts how often what is shown has followed. */
  readonly shows = signal(0);

  /** How many updates are held back by the pause. */
  readonly heldBack = signal(0);

  /** How many events the last return brought; null after the page was opened or had to begin anew. */
  readonly replayed = signal<number | null>(null);

  private id: string | null = null;
  private held = 0;
  private isScheduled = false;
  private readonly bySymbol = new Map<string, Stock>();
  private readonly changed = new Set<Stock>();
  private readonly flashing = new Set<Stock>();
  private readonly followers: MarketFollower[] = [];

  /** @param schedule calls back when the page is to be painted */
  constructor(private readonly schedule: (callback: () => void) => void = paced()) {}

  /** The last event that is known. */
  get position(): string | null {
    return this.id;
  }

  find(symbol: string): Stock | undefined {
    return this.bySymbol.get(symbol);
  }

  follow(follower: MarketFollower): void {
    this.followers.push(follower);
  }

  pause(): void {
    this.isPaused.value = true;
  }

  resume(): void {
    this.held = 0;
    this.isPaused.value = false;
    this.scheduleShow();
  }

  /** Everything up to the position, for a tab that comes later. */
  snapshot(): StreamEvent | null {
    const source = this.source.peek();
    if (source === null || this.id === null) return null;

    const symbols = this.stocks.peek().map((stock) => stock.latest);
    const data: Snapshot = { source, session: this.session.peek(), live: this.isLive.peek(), time: Math.max(0, ...symbols.map((quote) => quote.time)), symbols };
    return { id: this.id, type: "snapshot", data: JSON.stringify(data) };
  }

  onEvent({ id, type, data }: StreamEvent): void {
    this.heardAt = Date.now();
    const read = <T extends EventType>() => JSON.parse(data) as EventData[T];

    if (type === "snapshot") this.onSnapshot(read<"snapshot">(), id);
    else if (type === "status") this.onStatus(read<"status">(), id);
    else if (type === "reset") this.replayed.value = null;
    else if (isAfter(id, this.id)) {
      // What two leaders of this browser both hand on comes twice, and counts once.
      this.id = id;
      if (type === "tick") this.onTick(read<"tick">(), id);
      else this.onCandle(read<"candle">(), id);
    }
  }

  private onSnapshot({ source, session, live, symbols }: Snapshot, id: string): void {
    this.id = id;
    const known = new Set(symbols.map((quote) => quote.symbol));
    for (const symbol of [...this.bySymbol.keys()]) if (!known.has(symbol)) this.bySymbol.delete(symbol);

    const before = new Map([...this.bySymbol].map(([symbol, stock]) => [symbol, stock.latest.price]));

    for (const quote of symbols) {
      const stock = this.bySymbol.get(quote.symbol);
      if (stock) stock.replace(quote);
      else this.bySymbol.set(quote.symbol, new Stock(quote));
    }

    const stocks = [...this.bySymbol.values()];
    stocks.forEach((stock) => this.touch(stock));

    batch(() => {
      this.source.value = source;
      this.session.value = session;
      this.isLive.value = live;
      if (!sameItems(stocks, this.stocks.peek())) this.stocks.value = stocks;
    });
    this.followers.forEach((follower) => follower.onGap?.());

    // What happened in between is not known, but where it has led.
    for (const [symbol, price] of before) this.tellPrice(this.bySymbol.get(symbol)!, price);
  }

  private onStatus({ session, live, replayed, conflated = 0 }: MarketStatus, id: string): void {
    this.isLive.value = live;
    if (replayed !== undefined) this.replayed.value = replayed;
    if (conflated > 0) this.followers.forEach((follower) => follower.onGap?.());

    // Only a status that is an event of the market moves it: another one is told before the events that it counts.
    if (isAfter(id, this.id)) {
      this.id = id;
      this.onSession(session);
    }
  }

  private onSession(session: Session): void {
    const isNewDay = session === "open" && this.session.peek() === "closed";
    this.session.value = session;

    if (isNewDay) {
      for (const stock of this.stocks.peek()) {
        stock.beginDay();
        this.touch(stock);
      }
    }
  }

  private onTick(tick: Tick, id: string): void {
    const stock = this.bySymbol.get(tick.symbol);
    if (!stock) return;

    const before = stock.latest.price;
    stock.addTick(tick);
    this.touch(stock);
    this.followers.forEach((follower) => follower.onTick?.(tick, id));
    this.tellPrice(stock, before);
  }

  private tellPrice({ latest }: Stock, before: number): void {
    this.followers.forEach((follower) => follower.onPrice?.(latest, before));
  }

  private onCandle(candle: ClosedCandle, id: string): void {
    const stock = this.bySymbol.get(candle.symbol);
    if (!stock) return;

    if (candle.interval === trendInterval) {
      stock.addClose(candle.close);
      this.touch(stock);
    }
    this.followers.forEach((follower) => follower.onCandle?.(candle, id));
  }

  private touch(stock: Stock): void {
    this.changed.add(stock);
    if (this.isPaused.peek()) this.held++;
    this.scheduleShow();
  }

  private scheduleShow(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.schedule(this.show);
  }

  private readonly show = (): void => {
    this.isScheduled = false;

    batch(() => {
      this.heldBack.value = this.held;
      if (this.isPaused.peek()) return;
      this.fadeAndShow();
      this.shows.value++;
    });

    if (this.flashing.size > 0) this.scheduleShow();
  };

  /** Lights go out in the same pictures in which others go on: each picture costs something. */
  private fadeAndShow(): void {
    for (const stock of this.flashing) {
      if (!stock.fade()) this.flashing.delete(stock);
    }
    for (const stock of this.changed) {
      stock.show();
      if (stock.shown.peek().isFlashing) this.flashing.add(stock);
    }
    this.changed.clear();
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
