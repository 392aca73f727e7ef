import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import type { Message } from "../contract";
import type { Reader, Sink } from "./reader";

/** Socket.IO, kept to one of its transports: the library comes back by itself. */
export class SocketIOReader implements Reader {
  private readonly socket: Socket;
  private begun = performance.now();

  constructor(run: string, transport: "polling" | "websocket", sink: Sink) {
    this.socket = io("/lab", {
      auth: { run },
      // By this the server knows whose the engine's requests are.
      query: { lab: `${run}.${transport[0]}` },
      transports: [transport],
      upgrade: false,
      forceNew: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 1_000,
    });

    this.socket.io.on("reconnect_attempt", () => (this.begun = performance.now()));
    this.socket.on("connect", () => sink.onOpen(performance.now() - this.begun));
    this.socket.on("message", (message: Message) => sink.onMessage(message));
    this.socket.on("disconnect", (reason) => reason !== "io client disconnect" && sink.onLost());
    this.socket.on("connect_error", (error: Error & { data?: { code?: string } }) => error.data?.code === "unknown_run" && sink.onGone());
  }

  stop(): void {
    this.socket.disconnect();
  }
}
