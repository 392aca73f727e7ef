import { useEffect, useRef, useState } from "preact/hooks";
import { useNow } from "../../shared/useNow";
import type { ChatStore } from "../store";
import { texts } from "../../shared/language";

const goodNewsLastFor = 3_000;

/** Says that the connection is gone, when it is tried again and what waits for it; and then, for a moment, that it is back. */
export function Banner({ store }: { store: ChatStore }) {
  const t = texts.value.connection;
  const status = store.connection.status.value;
  const isBack = useReturn(status.kind);
  const now = useNow(status.kind === "offline");

  if (status.kind === "connecting") return <Line>{t.connecting}</Line>;
  if (status.kind !== "offline") return isBack ? <Line kind="back">{t.back}</Line> : null;

  const waiting = store.outbox.items.value.filter((item) => item.state.kind !== "failed").length;
  const seconds = status.nextTryAt === null ? 0 : Math.max(1, Math.ceil((status.nextTryAt - now) / 1000));

  return (
    <div class="banner">
      {/* The seconds are not read out one by one. */}
      <span role="status">
        {t.lost} {waiting > 0 && t.queued(waiting)}
      </span>
      <span>{status.nextTryAt === null ? t.trying : t.next(seconds)}</span>
      {status.nextTryAt !== null && (
        <button type="button" class="link-button" onClick={store.connection.tryNow}>
          {t.tryNow}
        </button>
      )}
    </div>
  );
}

function Line({ kind, children }: { kind?: "back"; children: string }) {
  return (
    <div class={kind === "back" ? "banner back" : "banner"} role="status">
      {children}
    </div>
  );
}

/** Whether the connection came back a moment ago. */
function useReturn(kind: string): boolean {
  const wasLost = useRef(false);
  const [isBack, setIsBack] = useState(false);

  useEffect(() => {
    if (kind === "offline") wasLost.current = true;
    if (kind !== "online" || !wasLost.current) return setIsBack(false);

    wasLost.current = false;
    setIsBack(true);
    const timer = setTimeout(() => setIsBack(false), goodNewsLastFor);
    return () => clearTimeout(timer);
  }, [kind]);

  return isBack;
}
