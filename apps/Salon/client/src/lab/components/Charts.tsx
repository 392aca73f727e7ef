import { useEffect, useRef } from "preact/hooks";
import { pageTime } from "../clock";
import { drawArrivals, drawLatency } from "../charts";
import type { LabStore } from "../run";
import { texts } from "../texts";
import { Mark } from "./Mark";

// Often enough to look alive, seldom enough not to delay what is measured.
const drawInterval = 250;

/** The two charts that move, of what the table says in numbers. */
export function Charts({ store }: { store: LabStore }) {
  const t = texts.value;
  const chosen = store.figures.value.map((row) => row.technique);
  if (chosen.length === 0) return null;

  return (
    <section class="panel charts" aria-label={t.charts.latency}>
      <ul class="legend">
        {chosen.map((technique) => (
          <li key={technique}>
            <Mark technique={technique} /> {t.techniques[technique]}
          </li>
        ))}
      </ul>
      <Chart title={t.charts.latency} hint={t.charts.latencyHint} store={store} draw={drawLatency} />
      <Chart title={t.charts.arrivals} hint={t.charts.arrivalsHint} store={store} draw={drawArrivals} />
    </section>
  );
}

function Chart({ title, hint, store, draw }: { title: string; hint: string; store: LabStore; draw: typeof drawLatency }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const now = texts.value.charts.now;
  const stoppedAt = useRef(0);

  useEffect(() => {
    const isRunning = store.phase.value === "running";
    if (isRunning) stoppedAt.current = 0;
    else if (stoppedAt.current === 0) stoppedAt.current = pageTime();
    const redraw = () => canvas.current && draw(canvas.current, store.measurements, stoppedAt.current || pageTime(), now);

    redraw();
    const timer = setInterval(redraw, isRunning ? drawInterval : 1_000);
    return () => clearInterval(timer);
  }, [store.phase.value, now]);

  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong> <span class="muted">{hint}</span>
      </figcaption>
      <canvas ref={canvas} role="img" aria-label={`${title}. ${hint}`} />
    </figure>
  );
}
