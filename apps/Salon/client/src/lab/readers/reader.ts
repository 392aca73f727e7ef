import type { Message } from "../contract";

/** Who is told what a reader sees. */
export interface Sink {
  /** A connection stands, so many milliseconds after it was begun. */
  onOpen(milliseconds: number): void;
  onMessage(message: Message): void;
  /** The connection is gone; the reader tries again by itself. */
  onLost(): void;
  /** There is no such run any more: the reader has stopped. */
  onGone(): void;
}

/** Reads a run's messages by one technique until it is stopped. */
export interface Reader {
  stop(): void;
}

export const retryDelay = (): number => 500 + Math.random() * 500;
