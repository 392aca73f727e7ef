import { useEffect, useState } from "preact/hooks";
import { formatPercent, formatPrice } from "../format";
import type { StocksStore } from "../store";
import { texts } from "../texts";
import { percent } from "../watchlist/order";

const every = 5_000;

/** Tells those who hear the page what the selected stock costs: when it is chosen, and then at most every few seconds, if it has moved. */
export function Announcer({ store }: { store: StocksStore }) {
  const [text, setText] = useState("");

  useEffect(() => {
    const tell = () => {
      const shown = store.list.selected.peek()?.shown.peek();
      if (shown) setText(texts.peek().announce(shown.symbol, formatPrice(shown.price), formatPercent(percent(shown))));
    };

    const stop = store.list.selected.subscribe(tell);
    const timer = setInterval(tell, every);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [store]);

  return (
    <p class="hidden" aria-live="polite">
      {text}
    </p>
  );
}
