import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { intervals } from "../contract";
import type { StocksStore } from "../store";

/** The keys of the whole page. Nothing happens while somebody writes, or has a dialog open. */
export function useKeys(store: StocksStore, page: RefObject<HTMLElement | null>, showHelp: () => void): void {
  useEffect(() => {
    const find = (selector: string) => page.current?.querySelector<HTMLElement>(selector);

    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;

      const target = event.target as HTMLElement;
      if (target.closest("dialog")) return;
      if (target.closest("input, select, textarea")) {
        if (event.key === "Escape") target.blur();
        return;
      }

      if (act(event.key, target)) event.preventDefault();
    };

    /** @returns whether the key means something here */
    const act = (key: string, target: HTMLElement): boolean => {
      const { list, chart, market } = store;
      const symbol = list.selectedSymbol.peek();

      if (key === "ArrowDown" || key === "ArrowUp") moveTo(key === "ArrowDown" ? 1 : -1);
      else if (key === "Home" || key === "End") moveTo(key === "End" ? Infinity : -Infinity);
      else if (key === "Enter" && isFree(target)) find(".chart-plot")?.focus();
      else if (key === "Escape" && target.closest(".chart-plot")) focusRow();
      else if (key === "/") find("#filter")?.focus();
      else if (key === "?") showHelp();
      else if (key === "1" || key === "2" || key === "3") chart.setInterval(intervals[Number(key) - 1]!);
      else if (key.toLowerCase() === "p" && symbol !== null) pin(symbol, target);
      else if (key.toLowerCase() === "a") find("#alert-price")?.focus();
      else if (key.toLowerCase() === "c") chart.setKind(chart.kind.peek() === "line" ? "candles" : "line");
      else if (key === " " && isFree(target)) market.isPaused.peek() ? market.resume() : market.pause();
      else return false;

      return true;
    };

    const moveTo = (by: number) => {
      store.list.step(by);
      focusRow();
    };

    const pin = (symbol: string, target: HTMLElement) => {
      store.list.togglePin(symbol);
      // A row that moves loses the keyboard.
      if (target.matches(".choose")) focusRow();
    };

    // The row has its place in the keyboard's order once the page has been rendered again, which happens before the next key.
    const focusRow = () => queueMicrotask(() => find(".row.selected .choose")?.focus());

    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [store, page, showHelp]);
}

/** Whether Enter and the space bar have no other meaning here: this row is chosen already, and the page and the chart do nothing with them. */
function isFree(target: HTMLElement): boolean {
  return target === document.body || target.matches(".row.selected .choose, .chart-plot");
}
