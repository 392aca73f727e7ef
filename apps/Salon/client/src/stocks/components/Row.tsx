import { computed, useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { formatChange, formatPercent, formatPrice, formatShort } from "../format";
import type { Stock } from "../market/stock";
import { texts } from "../texts";
import { change, percent } from "../watchlist/order";
import { placeInRange, sparkHeight, sparkWidth, sparkline } from "../watchlist/sparkline";
import type { Watchlist } from "../watchlist/watchlist";
import { Icon } from "../../shared/Icon";

/** One stock of the list. Its cells are signals: a tick writes the few texts that have changed, and renders nothing. */
export function Row({ stock, list, isTabStop }: { stock: Stock; list: Watchlist; isTabStop: boolean }) {
  const t = texts.value.list;
  const cells = useMemo(() => cellsOf(stock), [stock]);
  const isSelected = useComputed(() => list.selectedSymbol.value === stock.symbol).value;
  const isPinned = list.pins.value.has(stock.symbol);
  const { symbol, name } = stock.latest;

  return (
    <tr class={isSelected ? "row selected" : "row"} onClick={() => list.select(symbol)}>
      <td class="pin">
        <button
          type="button"
          class="icon-button"
          tabIndex={isTabStop ? 0 : -1}
          aria-label={t.pin(symbol)}
          aria-pressed={isPinned}
          title={t.pin(symbol)}
          onClick={(event) => {
            event.stopPropagation();
            list.togglePin(symbol);
          }}
        >
          <Icon name="star" />
        </button>
      </td>
      <th scope="row" class="symbol">
        <button type="button" class="choose" tabIndex={isTabStop ? 0 : -1} aria-current={isSelected ? "true" : undefined}>
          <strong>{symbol}</strong>
          <span class="name">{name}</span>
        </button>
      </th>
      <td class="price number">
        <span class={cells.priceClass}>
          <span class="moved" aria-hidden="true">
            {cells.arrow}
          </span>
          {cells.price}
        </span>
      </td>
      <td class="change number">
        <span class={cells.tone}>{cells.change}</span>
      </td>
      <td class="percent number">
        <span class={cells.tone}>{cells.percent}</span>
      </td>
      <td class="range">
        <svg class="range-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect class="track" x="0" y="3" width="100" height="2" />
          <rect class="mark" x={cells.place} y="0" width="3" height="8" />
        </svg>
        <span class="hidden">{cells.range}</span>
      </td>
      <td class="volume number">
        <span class="cell">{cells.volume}</span>
      </td>
      <td class="trend">
        <svg class={cells.trendClass} viewBox={`0 0 ${sparkWidth} ${sparkHeight}`} preserveAspectRatio="none" aria-hidden="true">
          <path d={cells.trend} />
        </svg>
      </td>
    </tr>
  );
}

/** What the cells say. Each is computed when the stock has changed, and touches the page only when its own text has. */
function cellsOf({ shown }: Stock) {
  const direction = (value: number) => (value > 0 ? "up" : value < 0 ? "down" : "flat");
  const tone = computed(() => direction(Math.round(change(shown.value) * 100)));

  return {
    tone: computed(() => `cell ${tone.value}`),
    price: computed(() => formatPrice(shown.value.price)),
    priceClass: computed(() => `cell moved-${direction(shown.value.moved)}${shown.value.isFlashing ? " flash" : ""}`),
    arrow: computed(() => (shown.value.moved > 0 ? "▲" : shown.value.moved < 0 ? "▼" : "")),
    change: computed(() => formatChange(change(shown.value))),
    percent: computed(() => formatPercent(percent(shown.value))),
    place: computed(() => String(Math.round(placeInRange(shown.value) * 97))),
    range: computed(() => texts.value.list.rangeOf(formatPrice(shown.value.low), formatPrice(shown.value.high))),
    volume: computed(() => formatShort(shown.value.volume)),
    trend: computed(() => sparkline(shown.value.trend, shown.value.price)),
    trendClass: computed(() => `sparkline ${tone.value}`),
  };
}
