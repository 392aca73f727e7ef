import { computed, signal } from "@preact/signals";
import { crosses, toAlerts } from "./alert";
import type { Alert } from "./alert";
import type { Quote } from "../contract";
import { newId } from "../../shared/ids";
import { read, write } from "../../shared/storage";

/** How many alerts one person can have. */
export const maxAlerts = 50;

/**
 * The alerts of one person, kept in this browser, the same in all tabs. One tab watches the prices, the one that has the stream; the others
 * see in the storage what has happened.
 */
export class Alerts {
  readonly all = signal<readonly Alert[]>([]);
  readonly pending = computed(() => this.all.value.filter((alert) => alert.fired === null));

  /** Those that this tab has seen happen and nobody has dismissed yet, the newest first. */
  readonly news = signal<readonly Alert[]>([]);

  private readonly key: string;

  /**
   * @param owner whose alerts they are
   * @param notify tells somebody who does not look at the page
   */
  constructor(
    owner: string,
    private readonly isWatching: () => boolean,
    private readonly notify: (alert: Alert) => void,
  ) {
    this.key = `stocks.alerts.${owner}`;
    this.all.value = toAlerts(read<unknown>(this.key, []));
  }

  /** @returns whether there was room for it */
  add(symbol: string, direction: Alert["direction"], price: number): boolean {
    if (this.all.peek().length >= maxAlerts) return false;
    this.save([...this.stored(), { id: newId(), symbol, direction, price, fired: null }]);
    return true;
  }

  remove(id: string): void {
    this.dismiss(id);
    this.save(this.stored().filter((alert) => alert.id !== id));
  }

  /** Watches again for what has happened once. */
  rearm(id: string): void {
    this.dismiss(id);
    this.save(this.stored().map((alert) => (alert.id === id ? { ...alert, fired: null } : alert)));
  }

  dismiss(id: string): void {
    this.news.value = this.news.peek().filter((alert) => alert.id !== id);
  }

  onPrice({ symbol, price, time }: Pick<Quote, "symbol" | "price" | "time">, before: number): void {
    if (price === before || !this.isWatching()) return;
    if (!this.all.peek().some((alert) => isHit(alert, symbol, before, price))) return;

    // Another tab may have been quicker: what is stored decides.
    const hits = new Set<string>();
    const all = this.stored().map((alert) => {
      if (!isHit(alert, symbol, before, price)) return alert;
      hits.add(alert.id);
      return { ...alert, fired: { time, price } };
    });

    this.save(all);
    for (const alert of all.filter(({ id }) => hits.has(id))) {
      this.news.value = [alert, ...this.news.peek()];
      this.notify(alert);
    }
  }

  /** Another tab has changed them. */
  readonly onStored = (event: StorageEvent): void => {
    if (event.key !== `salon.${this.key}`) return;

    const before = new Map(this.all.peek().map((alert) => [alert.id, alert]));
    const all = this.stored();
    const happened = all.filter((alert) => alert.fired && before.get(alert.id)?.fired === null);
    const still = new Set(all.filter((alert) => alert.fired).map((alert) => alert.id));

    this.all.value = all;
    this.news.value = [...happened, ...this.news.peek().filter((alert) => still.has(alert.id))];
  };

  private stored(): Alert[] {
    return toAlerts(read<unknown>(this.key, this.all.peek()));
  }

  private save(all: readonly Alert[]): void {
    this.all.value = all;
    write(this.key, all);
  }
}

function isHit(alert: Alert, symbol: string, before: number, price: number): boolean {
  return alert.fired === null && alert.symbol === symbol && crosses(alert, before, price);
}
