import { useEffect, useRef } from "preact/hooks";

/** Gives the keyboard to an element when it appears. */
export function useFocus<T extends HTMLElement>() {
  const element = useRef<T>(null);
  useEffect(() => element.current?.focus(), []);
  return element;
}
