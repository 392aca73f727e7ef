import type { NativeStore } from "../store";
import { texts } from "../texts";
import { useNow } from "../../shared/useNow";

/** How the connection is, and when it is tried again. */
export function StatusLine({ store }: { store: NativeStore }) {
  const t = texts.value;
  const status = store.status.value;
  const now = useNow(status.kind === "offline");

  return (
    <div class={`status ${status.kind}`}>
      <span role="status">{status.kind === "offline" || status.kind === "closed" ? t.status[status.kind](status.code) : t.status[status.kind]}</span>
      {/* The seconds are not read out one by one. */}
      {status.kind === "offline" && <span>{t.status.next(Math.max(1, Math.ceil((status.nextTryAt - now) / 1000)))}</span>}
    </div>
  );
}

/** Loses the connection, so that one can see how it comes back. */
export function CutButton({ store }: { store: NativeStore }) {
  return (
    <button type="button" class="link-button" disabled={store.status.value.kind !== "online"} onClick={() => store.cut()}>
      {texts.value.cut}
    </button>
  );
}
