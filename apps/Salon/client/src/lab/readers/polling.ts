import type { Message } from "../contract";
import { retryDelay } from "./reader";
import type { Reader, Sink } from "./reader";

interface Answer {
  cursor: string;
  events: { data: Message }[];
}

/** Short polling (`wait` 0: asks again after a pause) and long polling (the server waits, so it asks again at once). */
export class Poller implements Reader {
  private readonly aborter = new AbortController();
  private cursor = "";
  private isOpen = false;

  constructor(
    private readonly path: string,
    private readonly wait: number,
    private readonly pause: () => number,
    private readonly sink: Sink,
  ) {
    void this.run();
  }

  stop(): void {
    this.aborter.abort();
  }

  private async run(): Promise<void> {
    while (!this.aborter.signal.aborted) {
      const pause = await this.ask();
      if (pause === null) return;
      if (pause > 0) await this.sleep(pause);
    }
  }

  /** Asks once; returns how long to wait until the next time. */
  private async ask(): Promise<number | null> {
    const begun = performance.now();

    try {
      const response = await fetch(`${this.path}/poll?since=${this.cursor}&wait=${this.wait}`, { signal: this.aborter.signal, cache: "no-store" });
      if (response.status === 404) {
        this.sink.onGone();
        return null;
      }
      if (response.status === 429) return Number(response.headers.get("Retry-After") ?? 1) * 1_000;
      if (!response.ok) throw new Error(response.statusText);

      const answer = response.status === 200 ? ((await response.json()) as Answer) : null;
      if (!this.isOpen) this.sink.onOpen(performance.now() - begun);
      this.isOpen = true;
      if (answer) {
        this.cursor = answer.cursor;
        answer.events.forEach((event) => this.sink.onMessage(event.data));
      }
      return this.wait > 0 ? 0 : this.pause();
    } catch {
      if (this.aborter.signal.aborted) return null;
      if (this.isOpen) this.sink.onLost();
      this.isOpen = false;
      return retryDelay();
    }
  }

  private sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.aborter.signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}
