// What the server sends: docs/protocol/stocks.md.

export type Source = "simulated" | "replay";
export type Session = "open" | "closed";
export type Interval = "1s" | "5s" | "1m";

export const intervals: readonly Interval[] = ["1s", "5s", "1m"];
export const lengthOf: Record<Interval, number> = { "1s": 1_000, "5s": 5_000, "1m": 60_000 };

/** A stock on this day. Times are Unix milliseconds. */
export interface Quote {
  symbol: string;
  name: string;
  sector: string;
  price: number;
  open: number;
  high: number;
  low: number;
  previousClose: number;
  volume: number;
  time: number;

  /** Recent closes, oldest first. */
  trend: readonly number[];
}

export interface Snapshot {
  source: Source;
  session: Session;

  /** Whether the server hears from the market. */
  live: boolean;
  time: number;
  symbols: readonly Quote[];
}

export interface Tick {
  symbol: string;
  price: number;
  size: number;
  volume: number;
  open: number;
  high: number;
  low: number;
  time: number;
}

export interface Candle {
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

export interface ClosedCandle extends Candle {
  symbol: string;
  interval: Interval;
}

/** With an id of its own, the session has changed; without, it says how the stream is. */
export interface MarketStatus {
  session: Session;
  source: Source;
  live: boolean;
  time: number;

  /** How many missed events follow, for somebody who came back. */
  replayed?: number;

  /** How many events were left out for somebody who reads too slowly; the newest of each kind follow. */
  conflated?: number;
}

/** The answer to a question for candles: everything up to the event `id`. */
export interface Candles {
  symbol: string;
  interval: Interval;
  candles: readonly Candle[];
  id: string;
}

export interface EventData {
  snapshot: Snapshot;
  tick: Tick;
  candle: ClosedCandle;
  status: MarketStatus;
  reset: { reason: string };
}

export type EventType = keyof EventData;

export const eventTypes: readonly EventType[] = ["snapshot", "tick", "candle", "status", "reset"];

/** An event as the stream has it; `data` is JSON. */
export interface StreamEvent {
  id: string;
  type: EventType;
  data: string;
}
