import { computed, signal } from "@preact/signals";
import type { Joined, Message, Notification } from "./contract";
import { newId } from "../shared/ids";
import { gapBefore, merge } from "./messages";
import { keyOf, roomKeyOf } from "./names";
import type { Notice } from "./timeline";
import { withTypist, withoutExpired } from "./typing";
import type { Typists } from "./typing";

export type RoomPhase = { kind: "joining" } | { kind: "joined" } | { kind: "failed"; code: string };

const keptNotices = 50;

/** One room as this page knows it. The server's log is the truth; this holds a part of it, without gaps. */
export class Room {
  readonly phase = signal<RoomPhase>({ kind: "joining" });
  readonly messages = signal<readonly Message[]>([]);
  readonly notices = signal<readonly Notice[]>([]);
  readonly members = signal<readonly string[]>([]);
  readonly typists = signal<Typists>(new Map());
  readonly hasOlder = signal(false);
  readonly isLoadingOlder = signal(false);

  /** The number of the last message that was looked at; null as long as none was. */
  readonly readUpTo = signal<number | null>(null);

  /** Where the line "new" stands while the room is being looked at. */
  readonly unreadFrom = signal<number | null>(null);

  /** The newest number in the room, as far as this page knows. */
  readonly head = signal(0);

  readonly unread = computed(() => (this.readUpTo.value === null ? 0 : Math.max(0, this.head.value - this.readUpTo.value)));

  draft = "";

  constructor(public name: string) {}

  get key(): string {
    return roomKeyOf(this.name);
  }

  /** The number of the newest message that is held, to ask for those after it. */
  get lastSeq(): number | undefined {
    return this.messages.peek().at(-1)?.seq;
  }

  /** What joining brought: the newest messages, or those that were missed. */
  onJoined(joined: Joined, isSince: boolean): void {
    if (isSince) {
      this.add(joined.messages);
    } else {
      // What came live meanwhile follows what is loaded: the answer and the messages are sent in order.
      const live = this.messages.peek().filter((message) => message.seq > joined.seq);
      this.messages.value = merge(joined.messages, live);
      this.hasOlder.value = joined.hasMore;
    }

    // As whoever made the room wrote it.
    this.name = joined.room;
    this.members.value = joined.members;
    this.head.value = Math.max(this.head.peek(), joined.seq);
    this.readUpTo.value ??= joined.seq;
    this.phase.value = { kind: "joined" };
    if (this.unread.peek() > 0) this.unreadFrom.value ??= this.readUpTo.peek();
  }

  /** Some came and some went, of too many to be told all of them. */
  onPresenceChanged(joined: readonly string[], left: readonly string[]): void {
    const changed = new Set([...joined, ...left].map(keyOf));
    this.members.value = [...this.members.peek().filter((name) => !changed.has(keyOf(name))), ...joined];
  }

  /** Somebody begins to look: what is unread at that moment is what is new. */
  markNew(): void {
    this.unreadFrom.value = this.unread.peek() > 0 ? this.readUpTo.peek() : null;
  }

  /** Messages that were asked for. */
  add(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    this.messages.value = merge(this.messages.peek(), messages);
    this.head.value = Math.max(this.head.peek(), messages.at(-1)!.seq);
  }

  /**
   * A message that came by itself.
   * @returns the number after which others are missing, which must be asked for first; null when none are.
   */
  onMessage(message: Message): number | null {
    this.head.value = Math.max(this.head.peek(), message.seq);
    this.typists.value = withTypist(this.typists.peek(), message.username, false, Date.now());

    const gap = gapBefore(this.messages.peek(), message);
    if (gap === null) this.add([message]);
    return gap;
  }

  onNotification(notification: Notification): void {
    this.notices.value = [...this.notices.peek(), { ...notification, id: newId() }].slice(-keptNotices);
  }

  onTyping(username: string, on: boolean): void {
    this.typists.value = withTypist(this.typists.peek(), username, on, Date.now());
  }

  forgetTypists(): void {
    const next = withoutExpired(this.typists.peek(), Date.now());
    if (next !== this.typists.peek()) this.typists.value = next;
  }

  /** Everything in the room has been looked at. */
  markRead(): void {
    this.readUpTo.value = this.head.peek();
  }
}
