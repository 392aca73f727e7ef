// A page that is painted for each tick keeps a processor busy, and nobody reads that fast.
const every = 100;

/** Calls back before the browser paints, at most ten times a second; not at all while the page is hidden. */
export function paced(): (callback: () => void) => void {
  let last = -every;

  return (callback) => {
    const beforePaint = () =>
      requestAnimationFrame((now) => {
        last = now;
        callback();
      });

    const wait = last + every - performance.now();
    if (wait > 0) setTimeout(beforePaint, wait);
    else beforePaint();
  };
}
