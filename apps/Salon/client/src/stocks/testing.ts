import type { Quote, Snapshot, StreamEvent, Tick } from "./contract";

/** A stock for tests, at 100 since yesterday. */
export function quote(symbol: string, change: Partial<Quote> = {}): Quote {
  const base = { price: 100, open: 100, high: 100, low: 100, previousClose: 100, volume: 0, time: 0, trend: [] };
  return { symbol, name: `${symbol} & Co`, sector: "Industry", ...base, ...change };
}

export function snapshot(id: string, ...symbols: Quote[]): StreamEvent {
  const data: Snapshot = { source: "simulated", session: "open", live: true, time: 0, symbols };
  return { id, type: "snapshot", data: JSON.stringify(data) };
}

export function tick(id: string, symbol: string, price: number, change: Partial<Tick> = {}): StreamEvent {
  const data: Tick = { symbol, price, size: 10, volume: 10, open: 100, high: price, low: price, time: 0, ...change };
  return { id, type: "tick", data: JSON.stringify(data) };
}

/** Lets a test decide when the browser paints. */
export function frames(): { schedule: (callback: () => void) => void; paint: () => void } {
  let waiting: (() => void)[] = [];
  return {
    schedule: (callback) => void waiting.push(callback),
    paint: () => {
      const due = waiting;
      waiting = [];
      due.forEach((callback) => callback());
    },
  };
}

/** A browser's storage that lasts as long as the test. */
export function memoryStorage(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
