import type { Message } from "./contract";

/** The share of values, from 0 to 1, that are at or below what is returned: the nearest rank, so always a value that there was. */
export function quantile(sorted: ArrayLike<number>, share: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

const window = 5_000;

/** Latencies of one technique: the mean of all, and the tail of the newest 5 000. */
export class Latencies {
  private readonly newest = new Float64Array(window);
  private count = 0;
  private sum = 0;
  private previous: number | null = null;
  private smoothed = 0;

  add(latency: number): void {
    this.newest[this.count % window] = latency;
    this.count++;
    this.sum += latency;

    // RFC 3550, 6.4.1: the change from message to message, smoothed.
    if (this.previous !== null) this.smoothed += (Math.abs(latency - this.previous) - this.smoothed) / 16;
    this.previous = latency;
  }

  get mean(): number | null {
    return this.count === 0 ? null : this.sum / this.count;
  }

  get jitter(): number | null {
    return this.count < 2 ? null : this.smoothed;
  }

  /** The 95th and the 99th of a hundred. */
  tail(): { p95: number | null; p99: number | null } {
    const sorted = this.newest.slice(0, Math.min(this.count, window)).sort();
    return { p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
  }
}

/** What came, and what should have: messages are numbered from one, and again from one when the server has restarted. */
export class Sequence {
  received = 0;
  missed = 0;
  duplicated = 0;

  private last: Message | null = null;

  /** Notes a message; `false` for one that was there before. */
  add(message: Message): boolean {
    const { last } = this;

    if (last === null) {
      this.last = message;
    } else if (message.seq > last.seq) {
      this.missed += message.seq - last.seq - 1;
      this.last = message;
    } else if (message.time > last.time) {
      // A lower number at a later time: the server began anew, and counts from one.
      this.missed += message.seq - 1;
      this.last = message;
    } else {
      this.duplicated++;
      return false;
    }

    this.received++;
    return true;
  }
}
