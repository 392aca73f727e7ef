/** Round values between two ends, about as many as asked for: steps of 1, 2 or 5 times a power of ten, whole hundredths at the finest. */
export function niceSteps(min: number, max: number, count: number): number[] {
  const rough = Math.max((max - min) / Math.max(1, count), 0.01);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

/** The ends of an axis that shows some values with air around them; a flat line lies in the middle. */
export function rangeOf(values: readonly number[]): { min: number; max: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = Math.max((high - low) * 0.08, high * 0.0005, 0.01);
  return { min: low - air, max: high + air };
}

/** Turns a value between two ends into a place between two others. */
export function scale(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  const factor = (to[1] - to[0]) / (from[1] - from[0] || 1);
  return (value) => to[0] + (value - from[0]) * factor;
}
