// What public/native-chat.js gives and takes, and the frames that it leaves to the page. docs/protocol/native-chat.md describes all frames.

export interface Message {
  id: string;
  name: string;
  text: string;
  time: string;
}

export interface Failure {
  code: string;
  message: string;
  /** The message that was refused, if it was one. */
  id?: string;
}

export interface Lost {
  code: number;
  reason: string;
  /** In how many milliseconds it is tried again. */
  wait: number;
}

export interface Handlers {
  status(kind: "connecting"): void;
  status(kind: "offline", lost: Lost): void;
  status(kind: "closed", lost: Omit<Lost, "wait">): void;
  frame(direction: Direction, text: string): void;
  welcome(frame: { name: string; people: string[]; history: Message[] }): void;
  message(frame: Message): void;
  presence(frame: { name: string; here: boolean }): void;
  error(frame: Failure): void;
}

export type Direction = "in" | "out";

export interface Chat {
  /** @returns the id of the message, which comes back with it once everybody has it */
  say(text: string): string;
  stop(): void;
  /** Loses the connection, so that one can see how it comes back. */
  cut(): void;
}

export type OpenChat = (name: string, on: Handlers) => Chat;

export const limits = { name: 32, text: 2_000, unsent: 20, messages: 200, frames: 100 };
