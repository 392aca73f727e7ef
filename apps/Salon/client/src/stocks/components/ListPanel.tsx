import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Row } from "./Row";
import { StockTable } from "./StockTable";
import type { StocksStore } from "../store";
import { texts } from "../texts";
import { toCsv } from "../watchlist/csv";
import type { Watchlist } from "../watchlist/watchlist";
import { download } from "../../shared/download";
import { Icon } from "../../shared/Icon";

const rearrangeEvery = 2_000;

/** The stocks: filter, table, export. */
export function ListPanel({ store }: { store: StocksStore }) {
  const t = texts.value.list;
  const { list, market } = store;
  const stocks = list.stocks.value;
  const filter = list.filter.value;
  const selected = list.selectedSymbol.value;
  const body = useSelectedInView(selected, market.isLoaded.value);
  useRearranging(body, list);

  // One row is in the keyboard's order; the arrows reach the others from there.
  const tabStop = stocks.some((stock) => stock.symbol === selected) ? selected : stocks[0]?.symbol;

  return (
    <section class="list-panel" aria-label={t.title}>
      <div class="list-tools">
        <label class="filter">
          <span class="hidden">{t.filter}</span>
          <Icon name="search" />
          <input
            id="filter"
            type="search"
            class="field"
            placeholder={t.filterHint}
            autocomplete="off"
            spellcheck={false}
            value={filter}
            onInput={(event) => (list.filter.value = event.currentTarget.value)}
          />
          <kbd aria-hidden="true">/</kbd>
        </label>
        <span class="count" role="status">
          {market.isLoaded.value && t.shown(stocks.length)}
        </span>
        <button type="button" class="button quiet export" disabled={stocks.length === 0} onClick={() => exportCsv(store)}>
          <Icon name="download" /> <span>{t.export}</span>
        </button>
      </div>
      <div ref={body} class="list-body" onClick={showChart}>
        <StockTable store={store}>
          {stocks.map((stock) => (
            <Row key={stock.symbol} stock={stock} list={list} isTabStop={stock.symbol === tabStop} />
          ))}
        </StockTable>
        {!market.isLoaded.value && <Waiting store={store} />}
        {market.isLoaded.value && stocks.length === 0 && (
          <div class="empty">
            <p>{t.none(filter)}</p>
            <button type="button" class="button quiet" onClick={() => (list.filter.value = "")}>
              {t.clear}
            </button>
          </div>
        )}
      </div>
    </section>
  );
}

/** Keeps the selected row in view where the list scrolls by itself. */
function useSelectedInView(selected: string | null, isLoaded: boolean) {
  const body = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const scrolls = body.current !== null && body.current.scrollHeight > body.current.clientHeight;
    if (scrolls && isLoaded) body.current?.querySelector(".row.selected")?.scrollIntoView({ block: "nearest" });
  }, [selected, isLoaded]);

  return body;
}

/** Sorts again now and then, but moves nothing away that somebody is about to click on, or has reached with the keyboard. */
function useRearranging(body: RefObject<HTMLElement | null>, list: Watchlist): void {
  useEffect(() => {
    const canHover = matchMedia("(hover: hover)");
    const isHeld = () => (canHover.matches && body.current?.matches(":hover")) || body.current?.querySelector(":focus-visible");

    const timer = setInterval(() => isHeld() || list.rearrange(), rearrangeEvery);
    return () => clearInterval(timer);
  }, [body, list]);
}

/** Where the chart stands above the list, whoever has chosen a stock wants to see it. */
function showChart(event: MouseEvent): void {
  const target = event.target as HTMLElement;
  const isStacked = getComputedStyle(event.currentTarget as HTMLElement).overflowY === "visible";
  if (isStacked && target.closest(".row") && !target.closest(".pin")) document.querySelector(".detail")?.scrollIntoView({ block: "start", behavior: "smooth" });
}

/** Before the first prices are there. */
function Waiting({ store }: { store: StocksStore }) {
  const t = texts.value;
  const isLost = store.health.value === "lost";

  return (
    <div class="empty">
      <p>{isLost ? t.list.failed : t.list.loading}</p>
      {isLost && (
        <button type="button" class="button quiet" onClick={store.tryNow}>
          {t.banner.tryNow}
        </button>
      )}
    </div>
  );
}

/** What is listed, with the prices that are shown. */
function exportCsv({ list }: StocksStore): void {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  download(`stocks-${time}Z.csv`, toCsv(list.stocks.peek().map((stock) => stock.shown.peek())));
}
