import type { StreamEvent } from "../contract";
import { EventStream } from "./eventStream";
import type { StreamListener, StreamState } from "./eventStream";
import { isAfter } from "./position";
import { newId } from "../../shared/ids";

/** What the tabs tell each other. */
export type Note =
  | { kind: "hello"; from: string }
  | { kind: "welcome"; to: string; state: StreamState; snapshot: StreamEvent | null }
  | { kind: "leading"; position: string | null }
  | { kind: "event"; event: StreamEvent }
  | { kind: "state"; state: StreamState }
  | { kind: "tryNow" };

export type Role = "leader" | "follower" | "alone";

export interface SharedListener extends StreamListener {
  onRole(role: Role): void;

  /** Everything up to the position, as the server would tell it. */
  snapshot(): StreamEvent | null;
}

/** What the browser gives us for it. Where it gives nothing (Web Locks need HTTPS, or localhost), every tab has its own stream. */
export interface Sharing {
  locks: Pick<LockManager, "request"> | undefined;
  createChannel: ((name: string) => BroadcastChannel) | undefined;
  isVisible: () => boolean;
}

const name = "salon.stocks";
const silenceAllowed = 6_000;
const answerWithin = 4_000;
const watchEvery = 2_000;

/**
 * One stream for all tabs of a browser, which has only six connections for a server (HTTP/1.1). The tab that holds a lock leads: it has the
 * stream, and hands on every event as it comes. The others wait for the lock; the browser gives it to the next when the leader is gone,
 * and that one goes on after the last event it has heard. A leader that a browser has put to sleep does not answer: then a tab that is
 * looked at takes the lock from it.
 */
export class SharedStream {
  private readonly me = newId();
  private readonly stream: EventStream;
  private channel: BroadcastChannel | null = null;
  private role: Role = "follower";
  private state: StreamState = { kind: "connecting" };
  private heardAt = 0;
  private askedAt: number | null = null;
  private waiting = new AbortController();
  private release = (): void => {};
  private watch: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly listener: SharedListener,
    private readonly sharing: Sharing = ofBrowser(),
    create?: (url: string) => EventSource,
  ) {
    this.stream = new EventStream(
      {
        get position() {
          return listener.position;
        },
        get expectsEvents() {
          return listener.expectsEvents;
        },
        onEvent: (event) => {
          this.post({ kind: "event", event });
          listener.onEvent(event);
        },
        onState: (state) => {
          this.setState(state);
          this.post({ kind: "state", state });
        },
      },
      create,
    );
  }

  start(): void {
    const { locks, createChannel } = this.sharing;

    if (!locks || !createChannel) {
      this.setRole("alone");
      this.stream.open();
      return;
    }

    this.channel = createChannel(name);
    this.channel.onmessage = (message: MessageEvent<Note>) => this.onNote(message.data);
    this.heardAt = Date.now();
    this.watch = setInterval(this.onWatch, watchEvery);
    this.setRole("follower");
    this.post({ kind: "hello", from: this.me });
    this.wait(locks);
  }

  /** Gives up the stream, to another tab if there is one. */
  stop(): void {
    clearInterval(this.watch);
    this.waiting.abort();
    this.stream.close();
    this.channel?.close();
    this.channel = null;
    this.release();
  }

  tryNow(): void {
    if (this.role === "follower") this.post({ kind: "tryNow" });
    else this.stream.tryNow();
  }

  /** The network is known to be gone. */
  drop(): void {
    if (this.role !== "follower") this.stream.drop();
  }

  private wait(locks: Pick<LockManager, "request">): void {
    const waiting = new AbortController();
    this.waiting = waiting;

    locks.request(name, { signal: waiting.signal }, () => this.lead()).catch(() => this.onLockLost(waiting));
  }

  /** Takes the lock from a leader that does not answer. */
  private steal(): void {
    const { locks } = this.sharing;
    const waiting = new AbortController();
    this.waiting.abort();
    this.waiting = waiting;

    locks?.request(name, { steal: true }, () => this.lead()).catch(() => this.onLockLost(waiting));
  }

  private lead(): Promise<void> {
    const led = new Promise<void>((resolve) => (this.release = resolve));

    if (this.channel === null) {
      // Stopped in the moment in which the lock was given.
      this.release();
    } else {
      this.setRole("leader");
      this.post({ kind: "leading", position: this.listener.position });
      this.stream.open();
    }

    return led;
  }

  /** A request ends with an error when it was given up here, or when another tab took the lock. */
  private onLockLost(waiting: AbortController): void {
    if (waiting.signal.aborted || this.channel === null || !this.sharing.locks) return;

    this.stream.close();
    this.heardAt = Date.now();
    this.askedAt = null;
    this.setRole("follower");
    this.wait(this.sharing.locks);
  }

  private onNote(note: Note): void {
    if (note.kind === "hello" || note.kind === "tryNow") {
      if (this.role === "leader") this.answer(note);
      return;
    }

    if (this.role === "leader") return;

    this.heardAt = Date.now();
    this.askedAt = null;

    if (note.kind === "event") this.listener.onEvent(note.event);
    else if (note.kind === "state") this.setState(note.state);
    else if (note.kind === "leading") this.onLeader(note.position);
    else if (note.to === this.me) this.onWelcome(note.state, note.snapshot);
  }

  private answer(note: Note & { kind: "hello" | "tryNow" }): void {
    if (note.kind === "tryNow") this.stream.tryNow();
    else this.post({ kind: "welcome", to: note.from, state: this.state, snapshot: this.listener.snapshot() });
  }

  private onWelcome(state: StreamState, snapshot: StreamEvent | null): void {
    const { position } = this.listener;
    this.setState(state);

    // A new leader may be behind for a moment: what it will hear again is known here.
    if (snapshot && snapshot.id !== position && !isAfter(position ?? "", snapshot.id)) this.listener.onEvent(snapshot);
  }

  /** The new leader goes on after its own position: if it has heard less or more than this tab, its snapshot closes the gap. */
  private onLeader(position: string | null): void {
    if (position !== this.listener.position) this.post({ kind: "hello", from: this.me });
  }

  private readonly onWatch = (): void => {
    if (this.role !== "follower" || !this.sharing.isVisible()) return;

    const now = Date.now();
    if (this.askedAt !== null && now - this.askedAt >= answerWithin) {
      this.askedAt = null;
      this.heardAt = now;
      this.steal();
    } else if (this.askedAt === null && now - this.heardAt >= silenceAllowed) {
      this.askedAt = now;
      this.post({ kind: "hello", from: this.me });
    }
  };

  private setState(state: StreamState): void {
    this.state = state;
    this.listener.onState(state);
  }

  private setRole(role: Role): void {
    this.role = role;
    this.listener.onRole(role);
  }

  private post(note: Note): void {
    this.channel?.postMessage(note);
  }
}

function ofBrowser(): Sharing {
  return {
    locks: navigator.locks,
    createChannel: "BroadcastChannel" in window ? (channel) => new BroadcastChannel(channel) : undefined,
    isVisible: () => document.visibilityState === "visible",
  };
}
