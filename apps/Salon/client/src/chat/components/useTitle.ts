import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ChatStore } from "../store";

/** The tab says which room is shown, and how much is unread. */
export function useTitle(store: ChatStore): void {
  useEffect(
    () =>
      effect(() => {
        const unread = store.unreadTotal.value;
        const room = store.current.value;
        document.title = `${unread > 0 ? `(${unread}) ` : ""}${room ? `${room.name} · ` : ""}Salon`;
      }),
    [store],
  );
}
