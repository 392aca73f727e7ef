import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { ChartPanel } from "./ChartPanel";
import { formatChange, formatPercent, formatPrice, formatWhole } from "../format";
import type { Stock } from "../market/stock";
import type { StocksStore } from "../store";
import { texts } from "../texts";
import { change, percent } from "../watchlist/order";

/** The stock that is looked at: its price, its day, its chart. */
export function Detail({ store }: { store: StocksStore }) {
  const t = texts.value.detail;
  const stock = store.list.selected.value;

  return (
    <section class="detail" aria-label={t.title}>
      {stock === null ? (
        <p class="empty">{t.choose}</p>
      ) : (
        <>
          <Head stock={stock} />
          <ChartPanel store={store} stock={stock} />
          <Day stock={stock} />
        </>
      )}
    </section>
  );
}

function Head({ stock }: { stock: Stock }) {
  const { symbol, name, sector } = stock.latest;
  const price = useMemo(() => priceOf(stock), [stock]);

  return (
    <header class="detail-head">
      <div class="who">
        <h2>{symbol}</h2>
        <p>
          {name} · {sector}
        </p>
      </div>
      <p class="now">
        <strong>{price.price}</strong>
        <span class={price.tone}>{price.change}</span>
      </p>
    </header>
  );
}

function Day({ stock }: { stock: Stock }) {
  const t = texts.value.detail;
  const day = useMemo(() => dayOf(stock), [stock]);

  return (
    <dl class="day">
      {(["open", "high", "low", "previousClose", "volume"] as const).map((name) => (
        <div key={name}>
          <dt>{t[name]}</dt>
          <dd>{day[name]}</dd>
        </div>
      ))}
    </dl>
  );
}

function priceOf({ shown }: Stock) {
  return {
    price: computed(() => formatPrice(shown.value.price)),
    change: computed(() => `${formatChange(change(shown.value))} (${formatPercent(percent(shown.value))})`),
    tone: computed(() => (change(shown.value) > 0 ? "up" : change(shown.value) < 0 ? "down" : "flat")),
  };
}

function dayOf({ shown }: Stock) {
  return {
    open: computed(() => formatPrice(shown.value.open)),
    high: computed(() => formatPrice(shown.value.high)),
    low: computed(() => formatPrice(shown.value.low)),
    previousClose: computed(() => formatPrice(shown.value.previousClose)),
    volume: computed(() => formatWhole(shown.value.volume)),
  };
}
