import type { EventType, StreamEvent } from "../contract";
import { eventTypes } from "../contract";
import { delayBefore } from "../../shared/backoff";

export type StreamState =
  | { kind: "connecting" }
  | { kind: "open" }
  // The browser tries again by itself when it pleases, and then nobody knows when.
  | { kind: "lost"; nextTryAt: number | null };

export interface StreamListener {
  /** The last event that was received, by whatever way: a new stream goes on after it. */
  readonly position: string | null;

  /** Whether silence would be strange. */
  readonly expectsEvents: boolean;

  onEvent(event: StreamEvent): void;
  onState(state: StreamState): void;
}

// Three heartbeats of the server, which the page does not see.
const silenceAllowed = 45_000;
const watchEvery = 5_000;

/**
 * The browser's EventSource, and what it leaves to us. It comes back by itself when the connection breaks; but after an answer that is not
 * a stream it has given up for good, and a connection that says nothing any more looks open to it: then a new one is opened here, after
 * the last event that was received.
 */
export class EventStream {
  private source: EventSource | null = null;
  private attempt = 0;
  private heardAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly listener: StreamListener,
    private readonly create: (url: string) => EventSource = (url) => new EventSource(url),
  ) {}

  open(): void {
    this.shut();
    this.heardAt = Date.now();
    this.watch ??= setInterval(this.onWatch, watchEvery);
    this.listener.onState({ kind: "connecting" });

    const { position } = this.listener;
    const source = this.create(position === null ? "/stocks/stream" : `/stocks/stream?lastEventId=${encodeURIComponent(position)}`);
    this.source = source;
    source.onopen = () => this.listener.onState({ kind: "open" });
    source.onerror = () => this.onError(source);
    for (const type of eventTypes) source.addEventListener(type, (event) => this.onEvent(type, event));
  }

  /** Opens a stream now, unless there is one that works. */
  tryNow(): void {
    if (this.source?.readyState !== EventSource.OPEN) this.open();
  }

  /** The network is known to be gone, long before the connection would show it. */
  drop(): void {
    if (this.source?.readyState === EventSource.OPEN) this.openLater();
  }

  close(): void {
    this.shut();
    clearInterval(this.watch);
    this.watch = undefined;
    this.attempt = 0;
  }

  private onEvent(type: EventType, event: MessageEvent<string>): void {
    this.attempt = 0;
    this.heardAt = Date.now();
    this.listener.onEvent({ id: event.lastEventId, type, data: event.data });
  }

  private onError(source: EventSource): void {
    if (source.readyState === EventSource.CLOSED) this.openLater();
    else this.listener.onState({ kind: "lost", nextTryAt: null });
  }

  private openLater(): void {
    this.shut();
    const delay = delayBefore(this.attempt++);
    this.listener.onState({ kind: "lost", nextTryAt: Date.now() + delay });
    this.timer = setTimeout(() => this.open(), delay);
  }

  private readonly onWatch = (): void => {
    const isSilent = this.source?.readyState === EventSource.OPEN && Date.now() - this.heardAt > silenceAllowed;
    if (isSilent && this.listener.expectsEvents) this.open();
  };

  private shut(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}
