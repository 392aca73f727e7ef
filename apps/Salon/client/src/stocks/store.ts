import { computed, effect, signal } from "@preact/signals";
import type { Alert } from "./alerts/alert";
import { Alerts } from "./alerts/alerts";
import { Notifications } from "./alerts/notifications";
import { ChartStore } from "./chart/chartStore";
import type { StreamState } from "./feed/eventStream";
import { healthOf, staleAfter } from "./feed/health";
import { RoundTrip } from "./feed/roundTrip";
import { SharedStream } from "./feed/sharedStream";
import type { Role } from "./feed/sharedStream";
import { formatPrice } from "./format";
import { Market } from "./market/market";
import { texts } from "./texts";
import { Watchlist } from "./watchlist/watchlist";
import { readText } from "../shared/storage";

const lookEvery = 1_000;

/** Everything that the page knows, as long as it is open. */
export class StocksStore {
  readonly market = new Market();
  readonly list = new Watchlist(this.market);
  readonly chart = new ChartStore(this.market, this.list);
  readonly notifications = new Notifications();
  readonly alerts = new Alerts((readText("name") ?? "").trim().toLowerCase(), () => this.role.peek() !== "follower", (alert) => this.notify(alert));
  readonly roundTrip = new RoundTrip();

  readonly state = signal<StreamState>({ kind: "connecting" });
  readonly role = signal<Role>("follower");
  readonly health = computed(() => healthOf(this.state.value, this.market.isLoaded.value, this.market.session.value, this.isSilent.value || !this.market.isLive.value));

  private readonly isSilent = signal(false);
  private readonly stream: SharedStream;

  constructor() {
    const { market, state, role, isSilent } = this;
    this.stream = new SharedStream({
      get position() {
        return market.position;
      },
      get expectsEvents() {
        return market.session.peek() === "open";
      },
      onEvent: (event) => {
        market.onEvent(event);
        isSilent.value = false;
      },
      onState: (next) => void (state.value = next),
      onRole: (next) => void (role.value = next),
      snapshot: () => market.snapshot(),
    });

    market.follow({ onPrice: (quote, before) => this.alerts.onPrice(quote, before) });
  }

  readonly tryNow = (): void => this.stream.tryNow();

  start(): void {
    this.stream.start();

    // A page that the browser keeps to come back to must hold neither a stream nor the lock.
    window.addEventListener("pagehide", () => this.stream.stop());
    window.addEventListener("pageshow", (event) => event.persisted && this.stream.start());
    window.addEventListener("online", this.tryNow);
    window.addEventListener("offline", () => this.stream.drop());
    window.addEventListener("storage", this.alerts.onStored);
    window.addEventListener("storage", this.list.onStored);

    setInterval(() => (this.isSilent.value = Date.now() - this.market.heardAt > staleAfter), lookEvery);

    effect(() => {
      if (this.state.value.kind === "open") this.roundTrip.start();
      else this.roundTrip.stop();
    });
  }

  private notify(alert: Alert): void {
    const t = texts.peek().alerts;
    this.notifications.show(alert.id, t.happened(alert.symbol, alert.direction, formatPrice(alert.price)), t.now(formatPrice(alert.fired!.price)));
  }
}
