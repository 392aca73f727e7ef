import type { Message } from "../contract";
import { retryDelay } from "./reader";
import type { Reader, Sink } from "./reader";

/** Server-sent events: the browser comes back by itself, and says where it was. */
export class EventStreamReader implements Reader {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private begun = performance.now();
  private isOpen = false;
  private lastId = "";

  constructor(
    private readonly path: string,
    private readonly sink: Sink,
  ) {
    this.open();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.source?.close();
  }

  private open(): void {
    this.begun = performance.now();
    const source = new EventSource(`${this.path}/stream${this.lastId && `?lastEventId=${this.lastId}`}`);
    this.source = source;

    source.onopen = () => {
      this.isOpen = true;
      this.sink.onOpen(performance.now() - this.begun);
    };
    source.onmessage = (event: MessageEvent<string>) => {
      this.lastId = event.lastEventId;
      this.sink.onMessage(JSON.parse(event.data) as Message);
    };
    source.onerror = () => {
      if (this.isOpen) this.sink.onLost();
      this.isOpen = false;
      this.begun = performance.now();

      // The browser gives up on an answer that is no stream; we do not.
      if (source.readyState === EventSource.CLOSED) this.timer = setTimeout(() => this.open(), retryDelay());
    };
  }
}
