/** The page's clock, in Unix milliseconds with thousandths: it never jumps, as that of the machine may. */
export const pageTime = (): number => performance.timeOrigin + performance.now();

interface Sample {
  roundTrip: number;
  offset: number;
}

const kept = 20;

/**
 * How far the server's clock is ahead of the page's, as NTP finds it: the server read its clock somewhere between question and answer, at best
 * in the middle. The question with the shortest round trip errs least, by at most half of that.
 */
export class ServerClock {
  private samples: Sample[] = [];

  get offset(): number {
    return this.best?.offset ?? 0;
  }

  /** By how much the offset may be wrong. */
  get error(): number | null {
    return this.best ? this.best.roundTrip / 2 : null;
  }

  add(askedAt: number, serverTime: number, answeredAt: number): void {
    this.samples.push({ roundTrip: answeredAt - askedAt, offset: serverTime - (askedAt + answeredAt) / 2 });
    if (this.samples.length > kept) this.samples.shift();
  }

  private get best(): Sample | undefined {
    return this.samples.reduce<Sample | undefined>((best, next) => (best && best.roundTrip <= next.roundTrip ? best : next), undefined);
  }
}
