import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { StocksStore } from "../store";

/** Keeps the address and the selected stock the same: `/stocks#ACME`. Without one, or with one that is not listed, it is the first. */
export function useAddress({ list, market }: StocksStore): void {
  useEffect(() => {
    const follow = () => {
      const symbol = symbolInAddress();
      if (symbol !== null && market.find(symbol)) list.select(symbol);
    };

    const firstSymbol = () => {
      const symbol = symbolInAddress();
      return symbol !== null && market.find(symbol) ? symbol : list.stocks.peek()[0]?.symbol ?? market.stocks.peek()[0]!.symbol;
    };

    window.addEventListener("hashchange", follow);
    const stop = effect(() => {
      if (market.stocks.value.length === 0) return;
      if (list.selected.value === null) list.select(firstSymbol());
      else if (symbolInAddress() !== list.selected.value.symbol) history.replaceState(null, "", `#${encodeURIComponent(list.selected.value.symbol)}`);
    });

    return () => {
      window.removeEventListener("hashchange", follow);
      stop();
    };
  }, [list, market]);
}

function symbolInAddress(): string | null {
  try {
    return decodeURIComponent(location.hash.slice(1)) || null;
  } catch {
    // Somebody has typed a lonely percent sign.
    return null;
  }
}
