import type { Signal } from "@preact/signals";
import type { Cursor } from "./ChartPanel";
import type { ChartStore } from "../chart/chartStore";
import { formatMinutes, formatPrice, formatSeconds, formatShort } from "../format";
import { texts } from "../texts";

/** What the candle says that somebody points at, or else the newest. */
export function Readout({ chart, cursor }: { chart: ChartStore; cursor: Signal<Cursor | null> }) {
  const t = texts.value.chart;
  const candles = chart.candles.value;
  const time = cursor.value?.time;
  const candle = candles.find((item) => item.time === time) ?? candles.at(-1);
  if (!candle) return <p class="readout" />;

  const tone = candle.close >= candle.open ? "up" : "down";
  const clock = chart.interval.value === "1m" ? formatMinutes : formatSeconds;
  const values: [string, string][] = [
    [t.open, formatPrice(candle.open)],
    [t.high, formatPrice(candle.high)],
    [t.low, formatPrice(candle.low)],
    [t.close, formatPrice(candle.close)],
    [t.volume, formatShort(candle.volume)],
  ];

  return (
    <p class="readout" aria-hidden="true">
      <span class="time">{clock(candle.time)}</span>
      {values.map(([name, value]) => (
        <span key={name}>
          {name} <span class={tone}>{value}</span>
        </span>
      ))}
    </p>
  );
}
