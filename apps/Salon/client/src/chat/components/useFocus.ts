import { useLayoutEffect, useRef } from "preact/hooks";

/** Gives the keyboard to an element when it appears, before the next key is pressed. */
export function useFocus<T extends HTMLElement>() {
  const element = useRef<T>(null);
  useLayoutEffect(() => element.current?.focus(), []);
  return element;
}
