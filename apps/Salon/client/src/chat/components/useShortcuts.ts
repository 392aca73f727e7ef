import { useEffect, useRef } from "preact/hooks";

interface Shortcuts {
  switchRoom: () => void;
  step: (by: 1 | -1) => void;
  escape: () => void;
}

/** Ctrl or ⌘ with K: another room. Alt with the arrows: the next or previous one. Escape: shut the drawers. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.switchRoom();
      } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
        event.preventDefault();
        latest.current.step(event.key === "ArrowUp" ? -1 : 1);
      } else if (event.key === "Escape") {
        latest.current.escape();
      }
    };

    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
