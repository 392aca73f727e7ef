import { signal } from "@preact/signals";
import { api, LabError } from "./api";
import { pageTime, ServerClock } from "./clock";
import { techniques } from "./contract";
import type { Report, Settings, Technique } from "./contract";
import { Measurement } from "./measurement";
import type { Figures } from "./measurement";
import { openReader } from "./readers/open";
import type { Reader } from "./readers/reader";
import type { SharedRun } from "./share";

export type Phase = "idle" | "starting" | "running" | "ended";

const clockSamples = 8;
const reportInterval = 1_000;
const clockInterval = 10;
const changeDelay = 250;
const goodbyeDelay = 1_000;

/** One run of the page: begins it on the server, reads it by every chosen technique, and keeps the figures. */
export class LabStore {
  readonly phase = signal<Phase>("idle");
  readonly report = signal<Report | null>(null);
  readonly figures = signal<Figures[]>([]);

  /** The run as its figures are: while it goes on as it is by now, and then as it ended. */
  readonly result = signal<SharedRun | null>(null);
  readonly problem = signal<string | null>(null);
  readonly settings = signal<Settings>({ rate: 20, payload: 64, delay: 0, loss: 0 });
  readonly chosen = signal<ReadonlySet<Technique>>(new Set(techniques));
  readonly pollPause = signal(500);
  readonly clients = signal(10);
  readonly clockError = signal<number | null>(null);
  readonly startedAt = signal(0);

  measurements: Measurement[] = [];

  private clock = new ServerClock();
  private readers: Reader[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;
  private changing: ReturnType<typeof setTimeout> | undefined;
  private ticks = 0;

  /** How far the server’s clock is ahead of the page’s. */
  get clockOffset(): number {
    return this.clock.offset;
  }

  constructor() {
    window.addEventListener("pagehide", () => this.report.peek() && this.phase.peek() === "running" && api.end(this.report.peek()!.id));
  }

  async start(): Promise<void> {
    this.phase.value = "starting";
    this.problem.value = null;
    this.clock = new ServerClock();

    await this.attempt(async () => {
      const report = await api.begin(this.settings.peek());
      for (let i = 0; i < clockSamples; i++) await this.askTime();
      this.report.value = report;
      this.startedAt.value = pageTime();
      this.measurements = techniques
        .filter((technique) => this.chosen.peek().has(technique))
        .map((technique) => new Measurement(technique, this.clock, () => this.end("gone")));
      this.readers = this.measurements.map((measurement) => openReader(measurement.technique, report.id, () => this.pollPause.peek(), measurement));
      this.phase.value = "running";
      this.timer = setInterval(() => void this.tick(), reportInterval);
    });

    if (this.phase.peek() === "starting") this.phase.value = "idle";
  }

  async stop(): Promise<void> {
    const id = this.report.peek()?.id;
    this.readers.forEach((reader) => reader.stop());

    // What was sent last is counted by now.
    await this.tick();
    this.end(null);
    // Socket.IO says goodbye by a request of its own, which has to find somebody.
    if (id !== undefined) setTimeout(() => api.end(id), goodbyeDelay);
  }

  change(change: Partial<Settings>): void {
    this.settings.value = { ...this.settings.peek(), ...change };
    clearTimeout(this.changing);
    if (this.phase.peek() === "running") this.changing = setTimeout(() => void this.ask((id) => api.change(id, this.settings.peek())), changeDelay);
  }

  toggle(technique: Technique): void {
    const chosen = new Set(this.chosen.peek());
    if (!chosen.delete(technique)) chosen.add(technique);
    this.chosen.value = chosen;
  }

  cut = (): Promise<void> => this.ask((id) => api.cut(id, 5));
  restart = (): Promise<void> => this.ask(api.restart);
  measure = (): Promise<void> => this.ask((id) => api.measure(id, this.clients.peek()));

  private async ask(request: (id: string) => Promise<Report>): Promise<void> {
    const id = this.report.peek()?.id;
    if (id === undefined) return;
    this.problem.value = null;
    await this.attempt(async () => (this.report.value = await request(id)));
  }

  private async attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      if (error.code === "unknown_run") this.end("gone");
      else this.problem.value = error.code;
    }
  }

  private async tick(): Promise<void> {
    const id = this.report.peek()?.id;
    if (id === undefined || this.phase.peek() !== "running") return;
    if (++this.ticks % clockInterval === 0) await this.askTime();
    await this.attempt(async () => {
      this.report.value = await api.report(id);
      if (this.problem.peek() === "offline") this.problem.value = null;
    });

    // An answer that comes late changes nothing of a run that has ended.
    if (this.phase.peek() === "running") this.refresh();
  }

  private async askTime(): Promise<void> {
    const askedAt = pageTime();
    const time = await api.clock().catch(() => null);
    if (time !== null) this.clock.add(askedAt, time.time, pageTime());
    this.clockError.value = this.clock.error;
  }

  private refresh(): void {
    const report = this.report.peek();
    const figures = this.measurements.map((measurement) => measurement.figures(report?.techniques[measurement.technique], report?.processor));
    const now = pageTime();
    this.figures.value = figures;
    this.result.value = {
      at: Math.round(now / 1_000),
      settings: report?.settings ?? this.settings.peek(),
      pollPause: this.pollPause.peek(),
      clients: report?.processor?.clients ?? this.clients.peek(),
      seconds: (now - this.startedAt.peek()) / 1_000,
      figures,
    };
  }

  private end(problem: string | null): void {
    clearInterval(this.timer);
    clearTimeout(this.changing);
    this.readers.forEach((reader) => reader.stop());
    this.measurements.forEach((measurement) => measurement.stop());
    this.refresh();
    this.problem.value = problem;
    this.phase.value = "ended";
  }
}
