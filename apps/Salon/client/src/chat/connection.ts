import { signal } from "@preact/signals";
import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import { delayBefore } from "../shared/backoff";
import type { ClientEvents, Failure, Reply, ServerEvents } from "./contract";

export type ChatSocket = Socket<ServerEvents, ClientEvents>;

export type Status =
  | { kind: "connecting" }
  | { kind: "online" }
  | { kind: "offline"; nextTryAt: number | null }
  | { kind: "refused"; code: string };

type Requests = {
  [K in keyof ClientEvents]: ClientEvents[K] extends (request: infer Q, answer: (reply: infer A) => void) => void
    ? { request: Q; reply: A }
    : never;
};

const patience = 10_000;

/** The connection to the chat. It tries again by itself, and can say when: the library's own tries cannot be asked. */
export class Connection {
  readonly status = signal<Status>({ kind: "connecting" });
  readonly socket: ChatSocket;

  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(username: string) {
    this.socket = io("/chat", { auth: { username }, reconnection: false, forceNew: true });
    this.socket.on("connect", this.onConnect);
    this.socket.on("disconnect", this.onLost);
    this.socket.on("connect_error", this.onError);
    window.addEventListener("online", this.tryNow);
    window.addEventListener("offline", this.onOffline);
  }

  get isOnline(): boolean {
    return this.status.peek().kind === "online";
  }

  /** Asks, and waits for the answer; silence and a lost connection are the answer `timeout`. */
  async ask<K extends keyof Requests>(event: K, request: Requests[K]["request"]): Promise<Requests[K]["reply"]> {
    try {
      // The map of requests says what the library's overloads cannot follow.
      return (await (this.socket.timeout(patience) as unknown as Asker).emitWithAck(event, request)) as Requests[K]["reply"];
    } catch {
      return { ok: false, error: { code: "timeout", message: "" } } satisfies Failure as Requests[K]["reply"];
    }
  }

  readonly tryNow = (): void => {
    clearTimeout(this.timer);
    if (this.socket.connected || this.status.peek().kind === "refused") return;
    this.status.value = { kind: "offline", nextTryAt: null };
    this.socket.disconnect().connect();
  };

  close(): void {
    clearTimeout(this.timer);
    window.removeEventListener("online", this.tryNow);
    window.removeEventListener("offline", this.onOffline);
    this.socket.off().disconnect();
  }

  private readonly onConnect = (): void => {
    this.attempt = 0;
    this.status.value = { kind: "online" };
  };

  private readonly onLost = (reason: string): void => {
    if (reason !== "io client disconnect") this.tryLater();
  };

  private readonly onError = (error: Error & { data?: { code?: string } }): void => {
    if (error.data?.code) this.status.value = { kind: "refused", code: error.data.code };
    else this.tryLater();
  };

  // The browser knows that the network is gone long before the next ping is missed.
  private readonly onOffline = (): void => {
    if (this.socket.connected) this.socket.io.engine.close();
  };

  private tryLater(): void {
    clearTimeout(this.timer);
    const delay = delayBefore(this.attempt++);
    this.status.value = { kind: "offline", nextTryAt: Date.now() + delay };
    this.timer = setTimeout(this.tryNow, delay);
  }
}

interface Asker {
  emitWithAck(event: string, request: unknown): Promise<Reply<unknown>>;
}
