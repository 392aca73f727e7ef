// Who is typing: told at most every three seconds, forgotten after six without a repeat, since "stopped" may never arrive.

export const repeatAfter = 3_000;
export const idleAfter = 4_000;
export const forgetAfter = 6_000;

/** The people who were typing a moment ago, oldest first. */
export type Typists = ReadonlyMap<string, number>;

export function withTypist(typists: Typists, username: string, on: boolean, now: number): Typists {
  const next = new Map(typists);
  next.delete(username);
  if (on) next.set(username, now + forgetAfter);
  return next;
}

export function withoutExpired(typists: Typists, now: number): Typists {
  const next = new Map([...typists].filter(([, until]) => until > now));
  return next.size === typists.size ? typists : next;
}

/** Decides when the others are told that somebody types here. */
export class TypingSender {
  private toldAt: number | null = null;
  private idle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (on: boolean) => void) {}

  onInput(text: string): void {
    clearTimeout(this.idle);
    if (text.trim() === "") return this.stop();

    const now = Date.now();
    if (this.toldAt === null || now - this.toldAt >= repeatAfter) {
      this.toldAt = now;
      this.tell(true);
    }
    this.idle = setTimeout(() => this.stop(), idleAfter);
  }

  stop(): void {
    clearTimeout(this.idle);
    if (this.toldAt !== null) this.tell(false);
    this.toldAt = null;
  }
}
