import { useEffect } from "preact/hooks";
import { formatPercent, formatPrice } from "../format";
import type { StocksStore } from "../store";
import { texts } from "../texts";
import { percent } from "../watchlist/order";

const every = 2_000;

/** The tab says what the stock that is looked at costs. */
export function useTitle(store: StocksStore): void {
  useEffect(() => {
    const write = () => {
      const shown = store.list.selected.peek()?.shown.peek();
      const title = shown ? `${shown.symbol} ${formatPrice(shown.price)} (${formatPercent(percent(shown))})` : texts.peek().title;
      if (document.title !== `${title} · Salon`) document.title = `${title} · Salon`;
    };

    const stop = store.list.selected.subscribe(write);
    const timer = setInterval(write, every);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [store]);
}
