import { niceSteps, rangeOf, scale } from "./scale";
import { centreOf } from "./viewport";
import type { Viewport } from "./viewport";
import type { ChartKind } from "./chartStore";
import type { Candle } from "../contract";

export interface Palette {
  up: string;
  down: string;
  text: string;
  muted: string;
  line: string;
  surface: string;
  accent: string;
}

/** Everything that is on a picture. Sizes are in CSS pixels. */
export interface Picture {
  width: number;
  height: number;
  kind: ChartKind;
  candles: readonly Candle[];
  view: Viewport;
  candleWidth: number;
  palette: Palette;
  font: string;

  /** The candle that is pointed at, and where beside it. */
  cursor: { index: number; y: number | null } | null;
  lastPrice: number | null;
  alerts: readonly number[];
  formatPrice: (price: number) => string;
  formatTime: (time: number) => string;
}

/** The room for the prices, at the right, and for the times, at the bottom. */
export const axis = { right: 68, bottom: 22 };

const volumeShare = 0.18;
const timesApart = 96;
const labelHeight = 18;
const dashes = [4, 4];

/** Draws the chart: axes, volume, candles or line, the last price, alerts, and the crosshair on top. */
export function draw(context: CanvasRenderingContext2D, picture: Picture): void {
  const { width, height, candles, view, palette, cursor, lastPrice } = picture;
  const [plotWidth, plotHeight] = [width - axis.right, height - axis.bottom];
  const seen = candles.slice(view.first, view.first + view.count);

  context.clearRect(0, 0, width, height);
  if (seen.length === 0) return;

  context.font = picture.font;
  context.textBaseline = "middle";

  const isAtEnd = view.first + view.count === candles.length;
  const { min, max } = rangeOf([...seen.map((candle) => candle.low), ...seen.map((candle) => candle.high), ...(isAtEnd && lastPrice !== null ? [lastPrice] : [])]);
  const y = scale([min, max], [plotHeight * (1 - volumeShare), 4]);
  const x = (index: number) => centreOf(index, view, plotWidth, picture.candleWidth);

  const last = lastPrice !== null && lastPrice > min && lastPrice < max ? lastPrice : null;

  drawPriceAxis(context, picture, niceSteps(min, max, plotHeight / 56), last, y, plotWidth);
  drawTimeAxis(context, picture, x, plotWidth, plotHeight);
  drawVolume(context, picture, seen, x, plotHeight);

  if (picture.kind === "line") drawLine(context, picture, seen, x, y, plotHeight);
  else drawCandles(context, picture, seen, x, y);

  for (const price of picture.alerts) {
    if (price > min && price < max) level(context, y(price), plotWidth, palette.accent);
  }
  if (last !== null) {
    const { open, close } = candles.at(-1)!;
    const colour = close >= open ? palette.up : palette.down;
    level(context, y(last), plotWidth, colour);
    label(context, picture.formatPrice(last), plotWidth, y(last), colour, palette.surface);
  }
  if (cursor && cursor.index >= view.first && cursor.index < view.first + view.count) {
    const price = scale([plotHeight * (1 - volumeShare), 4], [min, max]);
    drawCursor(context, picture, x(cursor.index), cursor.y ?? y(candles[cursor.index]!.close), price, plotWidth, plotHeight);
  }
}

function drawPriceAxis(context: CanvasRenderingContext2D, { palette, formatPrice }: Picture, steps: readonly number[], last: number | null, y: (price: number) => number, plotWidth: number): void {
  context.textAlign = "left";
  for (const price of steps) {
    context.fillStyle = palette.line;
    context.fillRect(0, Math.round(y(price)), plotWidth, 1);
    // The label of the last price would cover it.
    if (last !== null && Math.abs(y(price) - y(last)) < labelHeight) continue;
    context.fillStyle = palette.muted;
    context.fillText(formatPrice(price), plotWidth + 8, y(price));
  }
}

function drawTimeAxis(context: CanvasRenderingContext2D, picture: Picture, x: (index: number) => number, plotWidth: number, plotHeight: number): void {
  const { view, candles, palette } = picture;
  const every = Math.ceil(timesApart / picture.candleWidth);
  context.textAlign = "center";
  context.fillStyle = palette.muted;

  // Counted from the first candle that is kept, the times stay with their candles while these move.
  for (let index = Math.ceil(view.first / every) * every; index < view.first + view.count; index += every) {
    const text = picture.formatTime(candles[index]!.time);
    const half = context.measureText(text).width / 2;
    const centre = x(index);
    if (centre - half >= 0 && centre + half <= plotWidth) context.fillText(text, centre, plotHeight + axis.bottom / 2 + 2);
  }
}

function drawVolume(context: CanvasRenderingContext2D, picture: Picture, seen: readonly Candle[], x: (index: number) => number, plotHeight: number): void {
  const most = Math.max(...seen.map((candle) => candle.volume), 1);
  const body = bodyOf(picture.candleWidth);
  context.globalAlpha = 0.3;
  seen.forEach((candle, index) => {
    const height = Math.max(1, (candle.volume / most) * plotHeight * volumeShare * 0.85);
    context.fillStyle = candle.close >= candle.open ? picture.palette.up : picture.palette.down;
    context.fillRect(Math.round(x(picture.view.first + index) - body / 2), plotHeight - height, body, height);
  });
  context.globalAlpha = 1;
}

function drawCandles(context: CanvasRenderingContext2D, picture: Picture, seen: readonly Candle[], x: (index: number) => number, y: (price: number) => number): void {
  const body = bodyOf(picture.candleWidth);
  seen.forEach((candle, index) => {
    const left = Math.round(x(picture.view.first + index) - body / 2);
    const [top, bottom] = [y(Math.max(candle.open, candle.close)), y(Math.min(candle.open, candle.close))];
    context.fillStyle = candle.close >= candle.open ? picture.palette.up : picture.palette.down;
    context.fillRect(left + (body - 1) / 2, y(candle.high), 1, Math.max(1, y(candle.low) - y(candle.high)));
    context.fillRect(left, top, body, Math.max(1, bottom - top));
  });
}

function drawLine(context: CanvasRenderingContext2D, picture: Picture, seen: readonly Candle[], x: (index: number) => number, y: (price: number) => number, plotHeight: number): void {
  const first = picture.view.first;
  const path = new Path2D();
  seen.forEach((candle, index) => path.lineTo(x(first + index), y(candle.close)));

  const area = new Path2D(path);
  area.lineTo(x(first + seen.length - 1), plotHeight);
  area.lineTo(x(first), plotHeight);
  context.globalAlpha = 0.1;
  context.fillStyle = picture.palette.accent;
  context.fill(area);
  context.globalAlpha = 1;

  context.strokeStyle = picture.palette.accent;
  context.lineWidth = 1.75;
  context.lineJoin = "round";
  context.stroke(path);
}

function drawCursor(context: CanvasRenderingContext2D, picture: Picture, x: number, y: number, priceAt: (y: number) => number, plotWidth: number, plotHeight: number): void {
  const { palette } = picture;
  const price = priceAt(y);
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.setLineDash(dashes);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, plotHeight);
  context.stroke();
  context.setLineDash([]);
  level(context, y, plotWidth, palette.muted);
  if (price > 0) label(context, picture.formatPrice(price), plotWidth, y, palette.text, palette.surface);
}

/** A dashed line across the plot. */
function level(context: CanvasRenderingContext2D, y: number, plotWidth: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash(dashes);
  context.beginPath();
  context.moveTo(0, Math.round(y) + 0.5);
  context.lineTo(plotWidth, Math.round(y) + 0.5);
  context.stroke();
  context.setLineDash([]);
}

/** A value on the price axis. */
function label(context: CanvasRenderingContext2D, text: string, plotWidth: number, y: number, background: string, colour: string): void {
  context.fillStyle = background;
  context.beginPath();
  context.roundRect(plotWidth + 2, y - labelHeight / 2, axis.right - 4, labelHeight, 4);
  context.fill();
  context.fillStyle = colour;
  context.textAlign = "left";
  context.fillText(text, plotWidth + 8, y + 0.5);
}

/** Odd, so that the wick stands in its middle. */
function bodyOf(candleWidth: number): number {
  const body = Math.max(1, Math.floor(candleWidth * 0.72));
  return body % 2 === 0 ? body - 1 : body;
}
