import type { Message } from "../contract";
import { retryDelay } from "./reader";
import type { Reader, Sink } from "./reader";

/** A plain WebSocket: whoever wants it back has to open it again. */
export class WebSocketReader implements Reader {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isStopped = false;

  constructor(
    private readonly path: string,
    private readonly sink: Sink,
  ) {
    this.open();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  private open(): void {
    const begun = performance.now();
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${this.path}/ws`);
    let isOpen = false;
    this.socket = socket;

    socket.onopen = () => {
      isOpen = true;
      this.sink.onOpen(performance.now() - begun);
    };
    socket.onmessage = (event: MessageEvent<string>) => this.sink.onMessage(JSON.parse(event.data) as Message);
    socket.onclose = () => {
      if (this.isStopped) return;
      if (isOpen) this.sink.onLost();
      this.timer = setTimeout(() => this.open(), retryDelay());
    };
  }
}
