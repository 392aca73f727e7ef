import { useEffect, useState } from "preact/hooks";

/** The time, told again twice a second as long as somebody needs it. */
export function useNow(isNeeded: boolean): number {
  const [now, setNow] = useState(Date.now);

  useEffect(() => {
    if (!isNeeded) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isNeeded]);

  return now;
}
