import { signal } from "@preact/signals";
import type { Reply, Sent } from "./contract";
import { newId } from "../shared/ids";
import { read, write } from "../shared/storage";

export type OutgoingState =
  | { kind: "waiting" }
  | { kind: "sending" }
  | { kind: "slowed"; until: number }
  | { kind: "failed"; code: string };

/** Something that was written here and is not known to be stored yet. */
export interface Outgoing {
  clientMsgId: string;
  room: string;
  text: string;
  time: string;
  state: OutgoingState;
}

type Send = (item: Outgoing) => Promise<Reply<Sent>>;

// What another try may cure by itself.
const passing = new Set(["timeout", "unavailable"]);

/**
 * What is still to be sent, in order, one after the other. It outlives the connection and the page. A message keeps its `clientMsgId`
 * however often it is tried, so that none is stored twice.
 */
export class Outbox {
  readonly items = signal<readonly Outgoing[]>([]);

  private isSending = false;
  private isOpen = false;

  constructor(
    private readonly key: string,
    private readonly send: Send,
    private readonly onSent: (item: Outgoing, sent: Sent) => void,
  ) {
    this.items.value = read<Outgoing[]>(key, []).map((item) => ({ ...item, state: { kind: "waiting" } }));
  }

  add(room: string, text: string): void {
    const item: Outgoing = { clientMsgId: newId(), room, text, time: new Date().toISOString(), state: { kind: "waiting" } };
    this.change([...this.items.peek(), item]);
    void this.run();
  }

  retry(clientMsgId: string): void {
    this.setState(clientMsgId, { kind: "waiting" });
    void this.run();
  }

  discard(clientMsgId: string): void {
    this.change(this.items.peek().filter((item) => item.clientMsgId !== clientMsgId));
  }

  /** The connection is there and rooms are joined: what waits may go. */
  open(): void {
    this.isOpen = true;
    void this.run();
  }

  /** The connection is gone. */
  close(): void {
    this.isOpen = false;
    this.change(this.items.peek().map((item) => (item.state.kind === "failed" ? item : { ...item, state: { kind: "waiting" } })));
  }

  private async run(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;

    try {
      for (let item = this.next(); item; item = this.next()) await this.trySend(item);
    } finally {
      this.isSending = false;
    }
  }

  private next(): Outgoing | undefined {
    return this.isOpen ? this.items.peek().find((item) => item.state.kind === "waiting") : undefined;
  }

  private async trySend(item: Outgoing): Promise<void> {
    this.setState(item.clientMsgId, { kind: "sending" });
    const reply = await this.send(item);

    if (reply.ok) {
      this.discard(item.clientMsgId);
      this.onSent(item, reply);
    } else if (reply.error.code === "rate_limited") {
      await this.waitFor(item, reply.error.retryAfter ?? 1);
    } else if (passing.has(reply.error.code) && !this.isOpen) {
      this.setState(item.clientMsgId, { kind: "waiting" });
    } else {
      this.setState(item.clientMsgId, { kind: "failed", code: reply.error.code });
    }
  }

  private async waitFor(item: Outgoing, seconds: number): Promise<void> {
    this.setState(item.clientMsgId, { kind: "slowed", until: Date.now() + seconds * 1000 });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    this.setState(item.clientMsgId, { kind: "waiting" });
  }

  private setState(clientMsgId: string, state: OutgoingState): void {
    this.change(this.items.peek().map((item) => (item.clientMsgId === clientMsgId ? { ...item, state } : item)));
  }

  private change(items: readonly Outgoing[]): void {
    this.items.value = items;
    write(this.key, items);
  }
}
