type Listener = (event: MessageEvent<string>) => void;

/** An EventSource whose server is the test. */
export class FakeEventSource {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static all: FakeEventSource[] = [];

  readyState: number = FakeEventSource.CONNECTING;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  private readonly listeners = new Map<string, Listener>();

  constructor(readonly url: string) {
    FakeEventSource.all.push(this);
  }

  /** How many of them are open or will be. */
  static get living(): FakeEventSource[] {
    return FakeEventSource.all.filter((source) => source.readyState !== FakeEventSource.CLOSED);
  }

  addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, listener);
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
  }

  accept(): void {
    this.readyState = FakeEventSource.OPEN;
    this.onopen?.();
  }

  say(type: string, data: string, id: string): void {
    if (this.readyState === FakeEventSource.OPEN) this.listeners.get(type)?.({ type, data, lastEventId: id } as MessageEvent<string>);
  }

  /** The connection breaks: the browser will try again by itself. */
  breakOff(): void {
    this.readyState = FakeEventSource.CONNECTING;
    this.onerror?.();
  }

  /** The answer was no stream: the browser gives up. */
  refuse(): void {
    this.readyState = FakeEventSource.CLOSED;
    this.onerror?.();
  }
}

/** Tabs of one browser: their locks and channels. Delivery is at once, in order. */
export class FakeBrowser {
  private holder: { reject: (reason: Error) => void; name: string } | null = null;
  private readonly queue: { start: () => void; signal: AbortSignal | undefined }[] = [];
  private readonly channels = new Set<FakeChannel>();

  readonly createChannel = (): BroadcastChannel => new FakeChannel(this.channels) as unknown as BroadcastChannel;

  readonly locks = {
    request: (name: string, options: LockOptions, callback: (lock: Lock | null) => unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const start = () => {
          const holder = { reject, name };
          this.holder = holder;
          void Promise.resolve(callback(null)).then((value) => {
            resolve(value);
            if (this.holder === holder) this.next();
          });
        };

        if (options.steal) {
          this.holder?.reject(new Error("stolen"));
          start();
        } else if (this.holder === null) start();
        else {
          const entry = { start, signal: options.signal };
          this.queue.push(entry);
          options.signal?.addEventListener("abort", () => {
            if (this.queue.includes(entry)) this.queue.splice(this.queue.indexOf(entry), 1);
            reject(new Error("aborted"));
          });
        }
      }),
  } as unknown as LockManager;

  private next(): void {
    this.holder = null;
    this.queue.shift()?.start();
  }
}

class FakeChannel {
  onmessage: ((event: MessageEvent) => void) | null = null;

  constructor(private readonly all: Set<FakeChannel>) {
    all.add(this);
  }

  postMessage(data: unknown): void {
    for (const other of this.all) if (other !== this) other.onmessage?.({ data: structuredClone(data) } as MessageEvent);
  }

  close(): void {
    this.all.delete(this);
  }
}
