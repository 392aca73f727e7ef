import { look, outlines } from "./look";
import type { Measurement } from "./measurement";
import { pageTime } from "./clock";

/** How the canvas is laid out, in CSS pixels. */
interface Frame {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
  color: (name: string) => string;
}

export const latencySeconds = 60;
export const arrivalSeconds = 10;

const left = 46;
const bottom = 22;
const top = 10;
const right = 12;

/** Latency over the last minute, on a logarithmic scale: what is half a second and what is a millisecond fit on it both. */
export function drawLatency(canvas: HTMLCanvasElement, measurements: readonly Measurement[], now: number, axis: string): void {
  const frame = prepare(canvas);
  const [low, high] = [0.1, 10_000];
  const y = (latency: number) => top + (1 - Math.log(Math.min(high, Math.max(low, latency)) / low) / Math.log(high / low)) * (frame.height - top - bottom);
  const x = (at: number) => timeToX(frame, at, now, latencySeconds);

  for (const tick of [0.1, 1, 10, 100, 1_000, 10_000]) drawLine(frame, y(tick), tick >= 1_000 ? `${tick / 1_000} s` : `${tick} ms`);
  drawSeconds(frame, latencySeconds, 10, axis);

  for (const measurement of measurements) {
    const points = perSecond(measurement, now).map(([at, latency]) => [x(at), y(latency)] as const);
    drawPath(frame, measurement, points);
  }
}

/** When each message arrived in the last seconds, a lane for each technique. */
export function drawArrivals(canvas: HTMLCanvasElement, measurements: readonly Measurement[], now: number, axis: string): void {
  const frame = prepare(canvas);
  const lane = (frame.height - top - bottom) / Math.max(1, measurements.length);
  drawSeconds(frame, arrivalSeconds, 1, axis);

  measurements.forEach((measurement, index) => {
    const y = top + lane * (index + 0.5);
    drawLine(frame, y, "");
    drawShape(frame, measurement, left / 2, y);
    for (let i = measurement.arrivals.length - 1; i >= 0; i--) {
      const at = measurement.arrivals[i]!.at;
      if (at < now - arrivalSeconds * 1_000) break;
      frame.context.globalAlpha = 0.75;
      frame.context.fillStyle = frame.color(look[measurement.technique].color);
      frame.context.fillRect(timeToX(frame, at, now, arrivalSeconds) - 1, y - lane * 0.32, 2, lane * 0.64);
      frame.context.globalAlpha = 1;
    }
  });
}

/** The mean latency of each whole second that had messages. */
export function perSecond(measurement: Pick<Measurement, "arrivals">, now = pageTime()): [at: number, latency: number][] {
  const seconds = new Map<number, { sum: number; count: number }>();
  for (let i = measurement.arrivals.length - 1; i >= 0; i--) {
    const { at, latency } = measurement.arrivals[i]!;
    if (at < now - latencySeconds * 1_000) break;
    const second = Math.floor(at / 1_000);
    const sum = seconds.get(second) ?? { sum: 0, count: 0 };
    seconds.set(second, { sum: sum.sum + latency, count: sum.count + 1 });
  }
  return [...seconds].sort(([a], [b]) => a - b).map(([second, { sum, count }]) => [second * 1_000 + 500, sum / count]);
}

function prepare(canvas: HTMLCanvasElement): Frame {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }

  const context = canvas.getContext("2d")!;
  const style = getComputedStyle(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = `11px ${style.fontFamily}`;
  return { context, width, height, color: resolver(canvas) };
}

/** A canvas knows no `light-dark()`: the browser resolves it on an element, once for each colour and drawing. */
function resolver(canvas: HTMLCanvasElement): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const color = known.get(name);
    if (color !== undefined) return color;
    canvas.style.color = `var(${name})`;
    const resolved = getComputedStyle(canvas).color;
    known.set(name, resolved);
    return resolved;
  };
}

const timeToX = (frame: Frame, at: number, now: number, seconds: number): number =>
  left + (1 - (now - at) / (seconds * 1_000)) * (frame.width - left - right);

function drawLine({ context, width, color }: Frame, y: number, label: string): void {
  context.strokeStyle = color("--line");
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, Math.round(y) + 0.5);
  context.lineTo(width - right, Math.round(y) + 0.5);
  context.stroke();
  context.fillStyle = color("--muted");
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(label, left - 6, y);
}

function drawSeconds(frame: Frame, seconds: number, step: number, axis: string): void {
  const { context, height, color } = frame;
  context.fillStyle = color("--muted");
  context.textBaseline = "alphabetic";
  context.textAlign = "right";
  context.fillText(axis, frame.width - right, height - 5);

  // What would run into the word at the end is left out.
  const free = frame.width - right - context.measureText(axis).width - 24;
  const every = frame.width < 420 ? step * 2 : step;
  context.textAlign = "center";

  for (let second = every; second <= seconds; second += every) {
    const x = timeToX(frame, -second * 1_000, 0, seconds);
    if (x < free) context.fillText(`−${second} s`, x, height - 5);
  }
}

function drawPath(frame: Frame, measurement: Measurement, points: (readonly [number, number])[]): void {
  const { context, color } = frame;
  context.strokeStyle = color(look[measurement.technique].color);
  context.lineWidth = 1.75;
  context.lineJoin = "round";
  context.beginPath();

  // More than a second and a half apart: nothing came in between.
  const gap = (1.5 / latencySeconds) * (frame.width - left - right);
  points.forEach(([x, y], i) => (i === 0 || x - points[i - 1]![0] > gap ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
  points.forEach(([x, y], i) => i % 5 === 0 && drawShape(frame, measurement, x, y));
}

function drawShape({ context, color }: Frame, measurement: Measurement, x: number, y: number): void {
  const { shape, color: name } = look[measurement.technique];
  const { path, isStroke } = outlines[shape];
  context.save();
  context.translate(x, y);
  context.fillStyle = context.strokeStyle = color(name);
  context.lineWidth = 2;
  if (isStroke) context.stroke(new Path2D(path));
  else context.fill(new Path2D(path));
  context.restore();
}
