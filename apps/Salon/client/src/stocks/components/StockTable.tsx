import type { ComponentChildren } from "preact";
import type { StocksStore } from "../store";
import { texts } from "../texts";
import type { Column } from "../watchlist/order";

const columns: readonly { name: Column | "range" | "trend"; isNumber: boolean }[] = [
  { name: "symbol", isNumber: false },
  { name: "price", isNumber: true },
  { name: "change", isNumber: true },
  { name: "percent", isNumber: true },
  { name: "range", isNumber: false },
  { name: "volume", isNumber: true },
  { name: "trend", isNumber: false },
];

/** The table of stocks, and its head, which sorts it. */
export function StockTable({ store: { list }, children }: { store: StocksStore; children: ComponentChildren }) {
  const t = texts.value.list;
  const sort = list.sort.value;

  return (
    <table class="stock-table">
      <caption class="hidden">{t.title}</caption>
      <thead>
        <tr>
          <td class="pin" />
          {columns.map(({ name, isNumber }) => (
            <th
              key={name}
              scope="col"
              class={isNumber ? `${name} number` : name}
              aria-sort={name === sort.column ? (sort.descending ? "descending" : "ascending") : undefined}
            >
              {isSortable(name) ? (
                <button type="button" class="sort" onClick={() => list.sortBy(name)}>
                  {t[name]}
                  <span class="arrow" aria-hidden="true">
                    {name === sort.column && (sort.descending ? "▾" : "▴")}
                  </span>
                </button>
              ) : (
                t[name]
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function isSortable(name: Column | "range" | "trend"): name is Column {
  return name !== "range" && name !== "trend";
}
