import { useState } from "preact/hooks";
import { directionTo, parsePrice } from "../alerts/alert";
import type { Alert } from "../alerts/alert";
import { formatPrice, formatSeconds } from "../format";
import type { StocksStore } from "../store";
import { texts } from "../texts";
import { Icon } from "../../shared/Icon";

/** Alerts: make one for the stock that is looked at, see all. */
export function AlertPanel({ store }: { store: StocksStore }) {
  const t = texts.value.alerts;
  const symbol = store.list.selected.value?.symbol;
  const all = store.alerts.all.value;

  return (
    <section class="alert-panel" aria-label={t.title}>
      <h2>{t.title}</h2>
      {symbol !== undefined && <AlertForm key={symbol} store={store} symbol={symbol} />}
      {all.length === 0 ? (
        <p class="note">{t.none}</p>
      ) : (
        <ul class="alerts">
          {all.map((alert) => (
            <AlertItem key={alert.id} alert={alert} store={store} />
          ))}
        </ul>
      )}
      {all.length > 0 && <Outside store={store} />}
    </section>
  );
}

function AlertForm({ store, symbol }: { store: StocksStore; symbol: string }) {
  const t = texts.value.alerts;
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<Alert["direction"] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const price = parsePrice(text);
  const now = store.list.selected.peek()?.latest.price ?? 0;
  const direction = chosen ?? directionTo(price ?? Infinity, now);

  const add = (event: Event) => {
    event.preventDefault();
    if (price === null) return setProblem(t.invalid);
    if (!store.alerts.add(symbol, direction, price)) return setProblem(t.full);
    setText("");
    setChosen(null);
    setProblem(null);
  };

  return (
    <form class="alert-form" onSubmit={add} noValidate>
      <label for="alert-price">{t.when(symbol)}</label>
      <select class="field" aria-label={t.direction} value={direction} onChange={(event) => setChosen(event.currentTarget.value === "above" ? "above" : "below")}>
        <option value="above">{t.above}</option>
        <option value="below">{t.below}</option>
      </select>
      <input
        id="alert-price"
        class="field"
        inputMode="decimal"
        autocomplete="off"
        placeholder={formatPrice(now)}
        aria-invalid={problem !== null}
        aria-describedby="alert-problem"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setProblem(null);
        }}
      />
      <button type="submit" class="button primary">
        {t.add}
      </button>
      <p id="alert-problem" class="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}

function AlertItem({ alert, store }: { alert: Alert; store: StocksStore }) {
  const t = texts.value.alerts;
  const { alerts, list } = store;
  const price = formatPrice(alert.price);

  return (
    <li class={alert.fired ? "alert fired" : "alert"}>
      <Icon name="bell" />
      <button type="button" class="what" onClick={() => list.select(alert.symbol)}>
        {alert.fired ? t.happened(alert.symbol, alert.direction, price) : t.waiting(alert.symbol, alert.direction, price)}
        {alert.fired && <span class="detail">{t.at(formatSeconds(alert.fired.time), formatPrice(alert.fired.price))}</span>}
      </button>
      {alert.fired && (
        <button type="button" class="icon-button" aria-label={t.rearm} title={t.rearm} onClick={() => alerts.rearm(alert.id)}>
          <Icon name="repeat" />
        </button>
      )}
      <button type="button" class="icon-button" aria-label={t.remove} title={t.remove} onClick={() => alerts.remove(alert.id)}>
        <Icon name="close" />
      </button>
    </li>
  );
}

/** Whether somebody is told who looks at something else. The browser asks only when that person has asked for it here. */
function Outside({ store: { notifications } }: { store: StocksStore }) {
  const t = texts.value.alerts;
  const permission = notifications.permission.value;

  if (permission === "default") {
    return (
      <button type="button" class="button quiet" onClick={() => void notifications.ask()}>
        <Icon name="bell" /> {t.notify}
      </button>
    );
  }
  return <p class="note">{t[permission]}</p>;
}
