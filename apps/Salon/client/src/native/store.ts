import { computed, signal } from "@preact/signals";
import { limits } from "./contract";
import type { Chat, Direction, Failure, Handlers, Lost, Message, OpenChat } from "./contract";

export interface Frame {
  number: number;
  direction: Direction;
  text: string;
  time: Date;
}

export type Status =
  | { kind: "connecting" | "online" }
  | { kind: "offline"; code: number; reason: string; nextTryAt: number }
  | { kind: "closed"; code: number };

/** What one person sees of the chat. The script connects; this keeps what it tells, the newest of it. */
export class NativeStore {
  readonly status = signal<Status>({ kind: "connecting" });
  readonly me = signal("");
  readonly people = signal<readonly string[]>([]);
  readonly messages = signal<readonly Message[]>([]);
  readonly waiting = signal<ReadonlyMap<string, string>>(new Map());
  readonly frames = signal<readonly Frame[]>([]);
  readonly failure = signal<Failure | null>(null);
  readonly canSay = computed(() => this.waiting.value.size < limits.unsent);

  private readonly chat: Chat;
  private frameCount = 0;

  constructor(openChat: OpenChat, name: string, private readonly onRefused: (code: string) => void) {
    this.me.value = name;
    this.chat = openChat(name, this.handlers());
  }

  say(text: string): void {
    // Its id is known before the answer can be there.
    const id = this.chat.say(text);
    this.waiting.value = new Map(this.waiting.value).set(id, text);
    this.failure.value = null;
  }

  cut(): void {
    this.chat.cut();
  }

  clearFrames(): void {
    this.frames.value = [];
  }

  close(): void {
    this.chat.stop();
  }

  private handlers(): Handlers {
    return {
      status: (kind: "connecting" | "offline" | "closed", lost?: Partial<Lost>) => this.onStatus(kind, lost),
      frame: (direction, text) => {
        const frame = { number: ++this.frameCount, direction, text, time: new Date() };
        this.frames.value = [...this.frames.value, frame].slice(-limits.frames);
      },
      welcome: ({ name, people, history }) => {
        this.me.value = name;
        this.people.value = people;
        this.status.value = { kind: "online" };
        history.forEach((message) => this.add(message));
      },
      message: (message) => this.add(message),
      presence: ({ name, here }) => {
        const others = this.people.value.filter((other) => other !== name);
        this.people.value = here ? [...others, name].sort((a, b) => a.localeCompare(b)) : others;
      },
      error: (failure) => this.onError(failure),
    };
  }

  private onStatus(kind: "connecting" | "offline" | "closed", lost: Partial<Lost> = {}): void {
    const { code = 0, reason = "", wait = 0 } = lost;
    if (kind === "offline") this.status.value = { kind, code, reason, nextTryAt: Date.now() + wait };
    else if (kind === "closed") this.status.value = { kind, code };
    else this.status.value = { kind };

    if (kind === "closed" && code === 4002) this.onRefused("name_taken");
  }

  private onError(failure: Failure): void {
    if (this.status.peek().kind === "connecting" && failure.code !== "rate_limited") {
      this.chat.stop();
      this.onRefused(failure.code);
    } else {
      this.failure.value = failure;

      // What came too fast is sent again.
      if (failure.code !== "rate_limited") this.settle(failure.id);
    }
  }

  private add(message: Message): void {
    this.settle(message.id);
    const isKnown = this.messages.value.some((known) => known.id === message.id && known.name === message.name);
    if (!isKnown) this.messages.value = [...this.messages.value, message].slice(-limits.messages);
  }

  private settle(id: string | undefined): void {
    if (id === undefined || !this.waiting.value.has(id)) return;
    const waiting = new Map(this.waiting.value);
    waiting.delete(id);
    this.waiting.value = waiting;
  }
}
