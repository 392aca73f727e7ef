import { useLayoutEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";

const tolerance = 40;

/** Keeps the end of a list in view, unless somebody has scrolled away from it. */
export function useEnd<T extends HTMLElement>(content: unknown[]): RefObject<T | null> {
  const list = useRef<T>(null);
  const height = useRef(0);

  useLayoutEffect(() => {
    const element = list.current!;
    const wasAtEnd = height.current - element.scrollTop - element.clientHeight < tolerance;
    if (wasAtEnd) element.scrollTop = element.scrollHeight;
    height.current = element.scrollHeight;
  }, content);

  return list;
}
