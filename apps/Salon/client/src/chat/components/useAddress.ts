import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { roomInAddress, showInAddress } from "../address";
import type { ChatStore } from "../store";

/** Keeps the address and the shown room the same, whichever of them changes. */
export function useAddress(store: ChatStore): void {
  useEffect(() => {
    const follow = () => {
      const name = roomInAddress();
      if (name !== null) store.open(name);
    };

    follow();
    const first = store.rooms.peek()[0];
    if (!store.current.peek() && first) store.open(first.name);

    window.addEventListener("hashchange", follow);
    window.addEventListener("popstate", follow);
    const stop = effect(() => showInAddress(store.current.value?.name ?? null));

    return () => {
      window.removeEventListener("hashchange", follow);
      window.removeEventListener("popstate", follow);
      stop();
    };
  }, [store]);
}
