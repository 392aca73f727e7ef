import { signal } from "@preact/signals";

// The page has other things to do while it opens, and so has the connection.
const firstAfter = 1_500;
const every = 10_000;
const kept = 5;

/**
 * How long a small question to the server and back takes. What the events say of their age would compare the server's clock with this
 * computer's, which nobody has set alike.
 */
export class RoundTrip {
  /** The middle one of the last measurements, in milliseconds. */
  readonly milliseconds = signal<number | null>(null);

  private measured: number[] = [];
  private first: ReturnType<typeof setTimeout> | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly ask: () => Promise<unknown> = askServer) {}

  start(): void {
    this.stop();
    this.timer = setInterval(() => void this.measure(), every);
    this.first = setTimeout(() => void this.measure(), firstAfter);
  }

  stop(): void {
    clearTimeout(this.first);
    clearInterval(this.timer);
    this.measured = [];
    this.milliseconds.value = null;
  }

  private async measure(): Promise<void> {
    // Nobody looks: the timers of a hidden page tell nothing either.
    if (document.visibilityState === "hidden") return;

    const start = performance.now();
    try {
      await this.ask();
    } catch {
      // The stream notices by itself when the server is gone, and says so.
      return;
    }

    this.measured = [...this.measured, performance.now() - start].slice(-kept);
    this.milliseconds.value = [...this.measured].sort((a, b) => a - b)[Math.floor(this.measured.length / 2)]!;
  }
}

async function askServer(): Promise<void> {
  const response = await fetch("/healthz/live", { cache: "no-store" });
  await response.arrayBuffer();
}
