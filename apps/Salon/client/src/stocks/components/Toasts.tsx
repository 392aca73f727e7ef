import { formatPrice, formatSeconds } from "../format";
import type { StocksStore } from "../store";
import { texts } from "../texts";
import { Icon } from "../../shared/Icon";

const shown = 3;

/** Alerts that have just happened. They stay until somebody has seen them. */
export function Toasts({ store }: { store: StocksStore }) {
  const t = texts.value.alerts;
  const { alerts, list } = store;

  return (
    <div class="toasts" role="status">
      {alerts.news.value.slice(0, shown).map((alert) => (
        <div key={alert.id} class="toast">
          <Icon name="bell" />
          <p>
            <strong>{t.happened(alert.symbol, alert.direction, formatPrice(alert.price))}</strong>
            <span>{t.at(formatSeconds(alert.fired!.time), formatPrice(alert.fired!.price))}</span>
          </p>
          <button
            type="button"
            class="link-button"
            onClick={() => {
              list.select(alert.symbol);
              alerts.dismiss(alert.id);
            }}
          >
            {t.show}
          </button>
          <button type="button" class="icon-button" aria-label={t.dismiss} onClick={() => alerts.dismiss(alert.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
