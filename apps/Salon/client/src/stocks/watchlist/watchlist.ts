import { computed, signal } from "@preact/signals";
import { arrange, sortBy } from "./order";
import type { Column, Sort } from "./order";
import type { Market } from "../market/market";
import type { Stock } from "../market/stock";
import { read, write } from "../../shared/storage";

const pinsKey = "stocks.pins";
const sortKey = "stocks.sort";

/** Which stocks are listed, in which order, and which of them is looked at. */
export class Watchlist {
  readonly filter = signal("");
  readonly sort = signal<Sort>(readSort());
  readonly pins = signal<ReadonlySet<string>>(readPins());
  readonly selectedSymbol = signal<string | null>(null);

  /** The stocks in their order; it follows moving prices only when asked to (`rearrange`). */
  readonly stocks = computed<readonly Stock[]>(() => {
    this.arranged.value;
    return arrange(this.market.stocks.value, this.filter.value, this.sort.value, this.pins.value);
  });

  readonly selected = computed<Stock | null>(() => {
    const symbol = this.selectedSymbol.value;
    const all = this.market.stocks.value;
    return all.find((stock) => stock.symbol === symbol) ?? null;
  });

  private readonly arranged = signal(0);

  constructor(private readonly market: Market) {}

  /** Sorts again by the prices of now. */
  rearrange(): void {
    if (this.sort.peek().column === "symbol" || this.market.isPaused.peek()) return;

    const [shown, sort] = [this.stocks.peek(), this.sort.peek()];
    const next = arrange(shown, "", sort, this.pins.peek());
    if (next.some((stock, index) => stock !== shown[index])) this.arranged.value++;
  }

  sortBy(column: Column): void {
    this.sort.value = sortBy(column, this.sort.peek());
    write(sortKey, this.sort.peek());
  }

  togglePin(symbol: string): void {
    const pins = new Set(this.pins.peek());
    if (!pins.delete(symbol)) pins.add(symbol);
    this.pins.value = pins;
    write(pinsKey, [...pins]);
  }

  select(symbol: string): void {
    this.selectedSymbol.value = symbol;
  }

  /** Selects the stock that many rows below; what the filter hides begins again at the top. */
  step(by: number): void {
    const stocks = this.stocks.peek();
    const here = stocks.findIndex((stock) => stock.symbol === this.selectedSymbol.peek());
    const next = stocks[here < 0 ? 0 : Math.min(stocks.length - 1, Math.max(0, here + by))];
    if (next) this.select(next.symbol);
  }

  /** Another tab has pinned something. */
  readonly onStored = (event: StorageEvent): void => {
    if (event.key === `salon.${pinsKey}`) this.pins.value = readPins();
  };
}

function readPins(): ReadonlySet<string> {
  const stored = read<unknown>(pinsKey, []);
  return new Set(Array.isArray(stored) ? stored.filter((symbol) => typeof symbol === "string") : []);
}

function readSort(): Sort {
  const stored = read<Partial<Sort> | null>(sortKey, null);
  const columns: readonly Column[] = ["symbol", "price", "change", "percent", "volume"];
  const column = columns.find((known) => known === stored?.column);
  return column ? { column, descending: stored?.descending === true } : { column: "symbol", descending: false };
}
