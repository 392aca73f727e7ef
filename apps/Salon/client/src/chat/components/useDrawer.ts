import { useEffect, useRef } from "preact/hooks";

/** Gives the keyboard to the first button of a drawer that opens, and back to where it was when it shuts. */
export function useDrawer(isOpen: boolean) {
  const drawer = useRef<HTMLElement>(null);

  useEffect(() => {
    if (!isOpen) return;
    const before = document.activeElement;
    drawer.current?.querySelector<HTMLElement>(".shut")?.focus();

    return () => {
      if (before instanceof HTMLElement && drawer.current?.contains(document.activeElement)) before.focus();
    };
  }, [isOpen]);

  return drawer;
}
