import { effect } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { axis, draw } from "./draw";
import type { Palette } from "./draw";
import { backFor, indexAt, viewportOf, widths } from "./viewport";
import type { Viewport } from "./viewport";
import type { Cursor } from "../components/ChartPanel";
import { formatMinutes, formatPrice, formatSeconds } from "../format";
import type { Stock } from "../market/stock";
import type { StocksStore } from "../store";
import { theme } from "../../shared/theme";

/** A canvas that shows the chart of a stock: drawn again when something on it changed, once for all that changes together. */
export class ChartView {
  private readonly context: CanvasRenderingContext2D;
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private readonly resizing: ResizeObserver;
  private readonly stops: (() => void)[];
  private palette: Palette | null = null;
  private isDue = false;
  private isClosed = false;

  /** How many of the newest candles are out of view. */
  private back = 0;
  private newest = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly store: StocksStore,
    private readonly stock: Stock,
    private readonly zoom: Signal<number>,
    private readonly cursor: Signal<Cursor | null>,
  ) {
    this.context = canvas.getContext("2d")!;
    this.resizing = new ResizeObserver(this.redraw);
    this.resizing.observe(canvas);
    this.dark.addEventListener("change", this.recolour);

    this.stops = [
      effect(() => {
        theme.value;
        this.recolour();
      }),
      effect(() => {
        this.store.chart.candles.value;
        this.store.chart.kind.value;
        this.store.alerts.pending.value;
        this.stock.shown.value;
        this.zoom.value;
        this.cursor.value;
        formatPrice(0);
        this.redraw();
      }),
    ];
  }

  close(): void {
    this.isClosed = true;
    this.resizing.disconnect();
    this.dark.removeEventListener("change", this.recolour);
    this.stops.forEach((stop) => stop());
  }

  onPointer(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const index = x > this.plotWidth ? null : indexAt(x, this.viewport(), this.plotWidth, this.width);
    const candle = index === null ? undefined : this.candles[index];
    this.cursor.value = candle ? { time: candle.time, y: Math.min(y, box.height - axis.bottom) } : null;
  }

  onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;

    const last = this.candles.length - 1;
    const here = this.cursorIndex() ?? last + 1;
    const page = this.viewport().count;
    const steps: Record<string, number> = { ArrowLeft: here - 1, ArrowRight: here + 1, PageUp: here - page, PageDown: here + page, Home: 0, End: last };
    const target = steps[event.key];

    if (target !== undefined) this.pointAt(Math.min(last, Math.max(0, target)));
    else if (event.key === "+" || event.key === "=") this.zoom.value = Math.min(widths.length - 1, this.zoom.value + 1);
    else if (event.key === "-") this.zoom.value = Math.max(0, this.zoom.value - 1);
    else return;

    event.preventDefault();
  }

  private pointAt(index: number): void {
    const candle = this.candles[index];
    if (!candle) return;
    this.back = backFor(index, this.candles.length, this.viewport(), this.back);
    this.cursor.value = { time: candle.time, y: null };
  }

  private get candles() {
    return this.store.chart.candles.peek();
  }

  private get width(): number {
    return widths[this.zoom.peek()]!;
  }

  private get plotWidth(): number {
    return this.canvas.clientWidth - axis.right;
  }

  private viewport(): Viewport {
    return viewportOf(this.candles.length, this.plotWidth, this.width, this.back);
  }

  private cursorIndex(): number | null {
    const time = this.cursor.peek()?.time;
    const index = time === undefined ? -1 : this.candles.findIndex((candle) => candle.time === time);
    return index < 0 ? null : index;
  }

  private readonly recolour = (): void => {
    this.palette = null;
    this.redraw();
  };

  private readonly redraw = (): void => {
    if (this.isDue) return;
    this.isDue = true;
    // Still in the frame in which the prices are shown.
    queueMicrotask(this.paint);
  };

  private readonly paint = (): void => {
    this.isDue = false;
    if (this.isClosed) return;

    const { canvas, context, candles } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (width <= axis.right || height === 0) return;

    this.follow();
    this.palette ??= readPalette(canvas);
    fit(canvas, width, height);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);

    const cursorIndex = this.cursorIndex();
    draw(context, {
      width,
      height,
      kind: this.store.chart.kind.peek(),
      candles,
      view: this.viewport(),
      candleWidth: this.width,
      palette: this.palette,
      font: `11.5px ${getComputedStyle(canvas).fontFamily}`,
      cursor: cursorIndex === null ? null : { index: cursorIndex, y: this.cursor.peek()!.y },
      lastPrice: candles.at(-1)?.close ?? null,
      alerts: this.store.alerts.pending.peek().filter((alert) => alert.symbol === this.stock.symbol).map((alert) => alert.price),
      formatPrice,
      formatTime: this.store.chart.interval.peek() === "1m" ? formatMinutes : formatSeconds,
    });
  };

  /** Whoever looks back stays with what is looked at while new candles come; whoever points nowhere looks at the newest. */
  private follow(): void {
    const newest = this.candles.at(-1)?.time ?? 0;
    if (this.cursor.peek() === null) this.back = 0;
    else if (this.back > 0) this.back += Math.max(0, this.candles.length - 1 - this.candles.findLastIndex((candle) => candle.time <= this.newest));
    this.newest = newest;
  }
}

/** As many pixels as the screen has. */
function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  const [across, down] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
}

/** The colours that the styles give the canvas; they are registered, so that the browser has resolved them for light or dark. */
function readPalette(canvas: HTMLCanvasElement): Palette {
  const style = getComputedStyle(canvas);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    up: read("--up"),
    down: read("--down"),
    text: read("--chart-text"),
    muted: read("--chart-muted"),
    line: read("--chart-line"),
    surface: read("--chart-surface"),
    accent: read("--chart-accent"),
  };
}
