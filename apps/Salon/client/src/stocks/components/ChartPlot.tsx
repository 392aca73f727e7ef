import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Cursor } from "./ChartPanel";
import { ChartView } from "../chart/chartView";
import { formatMinutes, formatPrice, formatSeconds, formatShort } from "../format";
import type { Stock } from "../market/stock";
import type { StocksStore } from "../store";
import { texts } from "../texts";

interface Props {
  store: StocksStore;
  stock: Stock;
  zoom: Signal<number>;
  cursor: Signal<Cursor | null>;
}

/** The canvas of the chart. To those who do not see it, it is a slider over its candles: each says what it is. */
export function ChartPlot({ store, stock, zoom, cursor }: Props) {
  const t = texts.value.chart;
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<ChartView | null>(null);

  useEffect(() => {
    view.current = new ChartView(canvas.current!, store, stock, zoom, cursor);
    return () => view.current?.close();
  }, [store, stock, zoom, cursor]);

  const { candles, interval } = store.chart;
  const index = cursor.value === null ? -1 : candles.value.findIndex((candle) => candle.time === cursor.value!.time);
  const candle = candles.value[index] ?? candles.value.at(-1);
  const clock = interval.value === "1m" ? formatMinutes : formatSeconds;

  // The newest candle changes all the time; it is read when somebody points at it.
  const read = (): string =>
    candle ? t.read(clock(candle.time), formatPrice(candle.open), formatPrice(candle.high), formatPrice(candle.low), formatPrice(candle.close), formatShort(candle.volume)) : t.empty;

  return (
    <div
      class="chart-plot"
      role="slider"
      tabIndex={0}
      aria-label={t.label(stock.symbol)}
      aria-description={t.help}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, candles.value.length - 1)}
      aria-valuenow={index < 0 ? Math.max(0, candles.value.length - 1) : index}
      aria-valuetext={index < 0 ? t.help : read()}
      onKeyDown={(event) => view.current?.onKey(event)}
      onPointerMove={(event) => view.current?.onPointer(event)}
      onPointerDown={(event) => view.current?.onPointer(event)}
      onPointerLeave={(event) => event.pointerType === "mouse" && (cursor.value = null)}
      onBlur={() => (cursor.value = null)}
    >
      <canvas ref={canvas} />
    </div>
  );
}
