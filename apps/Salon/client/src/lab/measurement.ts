import type { Message, ProcessorReport, Technique, Traffic } from "./contract";
import { pageTime } from "./clock";
import type { ServerClock } from "./clock";
import { Latencies, Sequence } from "./statistics";
import type { Sink } from "./readers/reader";

export type Light = "off" | "connecting" | "open" | "lost";

/** The figures of one technique, as the table, the CSV and a shared link have them. */
export interface Figures {
  technique: Technique;
  light: Light;
  connect: number | null;
  received: number;
  missed: number;
  duplicated: number;
  reconnects: number;
  mean: number | null;
  p95: number | null;
  p99: number | null;
  jitter: number | null;
  requests: number | null;
  /** TCP and IP included. */
  wireBytes: number | null;
  packets: number | null;
  /** Processor milliseconds of the server for a thousand messages. */
  processor: number | null;
}

/** A message on its arrival; for the charts. */
export interface Arrival {
  at: number;
  latency: number;
}

// At a hundred messages a second, what the charts show.
const keptArrivals = 6_500;

/** What a page measures of one technique while it runs. */
export class Measurement implements Sink {
  readonly arrivals: Arrival[] = [];

  private readonly latencies = new Latencies();
  private readonly sequence = new Sequence();
  private light: Light = "connecting";
  private connect: number | null = null;
  private opens = 0;

  constructor(
    readonly technique: Technique,
    private readonly clock: ServerClock,
    private readonly gone: () => void,
  ) {}

  onOpen(milliseconds: number): void {
    this.light = "open";
    // The first: later ones hold the pause before the reconnection, which each technique chooses for itself.
    this.connect ??= milliseconds;
    this.opens++;
  }

  onMessage(message: Message): void {
    if (!this.sequence.add(message)) return;
    const at = pageTime();
    const latency = Math.max(0, at + this.clock.offset - message.time);
    this.latencies.add(latency);
    this.arrivals.push({ at, latency });
    if (this.arrivals.length > keptArrivals) this.arrivals.splice(0, 500);
  }

  onLost(): void {
    this.light = "lost";
  }

  onGone(): void {
    this.light = "lost";
    this.gone();
  }

  stop(): void {
    this.light = "off";
  }

  figures(traffic: Traffic | undefined, processor: ProcessorReport | undefined): Figures {
    const { received, missed, duplicated } = this.sequence;
    return {
      technique: this.technique,
      light: this.light,
      connect: this.connect,
      received,
      missed,
      duplicated,
      reconnects: Math.max(0, this.opens - 1),
      mean: this.latencies.mean,
      ...this.latencies.tail(),
      jitter: this.latencies.jitter,
      requests: traffic?.requests ?? null,
      wireBytes: traffic?.wireBytes ?? null,
      packets: traffic?.packetsIn === undefined || traffic.packetsOut === undefined ? null : traffic.packetsIn + traffic.packetsOut,
      processor: processor?.techniques[this.technique]?.perThousand ?? null,
    };
  }
}
