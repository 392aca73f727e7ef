import { useSignal } from "@preact/signals";
import { ChartPlot } from "./ChartPlot";
import { Readout } from "./Readout";
import { widths } from "../chart/viewport";
import { intervals } from "../contract";
import type { Stock } from "../market/stock";
import type { StocksStore } from "../store";
import { texts } from "../texts";

/** Where somebody points into the chart. */
export interface Cursor {
  /** The time of the candle, which stays with it while others come. */
  time: number;
  y: number | null;
}

/** The chart, what can be chosen about it, and what it says where somebody points. */
export function ChartPanel({ store, stock }: { store: StocksStore; stock: Stock }) {
  const t = texts.value.chart;
  const { chart } = store;
  const zoom = useSignal(2);
  const cursor = useSignal<Cursor | null>(null);
  const phase = chart.phase.value;
  const isEmpty = chart.candles.value.length === 0;

  return (
    <div class="chart">
      <div class="chart-tools">
        <div class="choice" role="group" aria-label={t.interval}>
          {intervals.map((interval) => (
            <button key={interval} type="button" aria-pressed={chart.interval.value === interval} onClick={() => chart.setInterval(interval)}>
              {t.intervals[interval]}
            </button>
          ))}
        </div>
        <div class="choice" role="group" aria-label={t.kind}>
          {(["candles", "line"] as const).map((kind) => (
            <button key={kind} type="button" aria-pressed={chart.kind.value === kind} onClick={() => chart.setKind(kind)}>
              {t[kind]}
            </button>
          ))}
        </div>
        <div class="choice zoom" role="group">
          <button type="button" aria-label={t.zoomOut} disabled={zoom.value === 0} onClick={() => zoom.value--}>
            −
          </button>
          <button type="button" aria-label={t.zoomIn} disabled={zoom.value === widths.length - 1} onClick={() => zoom.value++}>
            +
          </button>
        </div>
      </div>
      <Readout chart={chart} cursor={cursor} />
      <div class="chart-frame">
        <ChartPlot store={store} stock={stock} zoom={zoom} cursor={cursor} />
        {phase === "loading" && <p class="chart-note">{t.loading}</p>}
        {phase === "ready" && isEmpty && <p class="chart-note">{t.empty}</p>}
        {phase === "failed" && (
          <p class="chart-note" role="alert">
            {t.failed}
            <button type="button" class="link-button" onClick={() => chart.load()}>
              {t.retry}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
