import { useEffect, useRef, useState } from "preact/hooks";
import { formatSeconds } from "../format";
import type { StocksStore } from "../store";
import { texts } from "../texts";
import { useNow } from "../../shared/useNow";

// A stream ends now and then, and begins anew within seconds: the light shows it, and that is enough.
const patience = 7_000;
const goodNewsLastFor = 6_000;

/** Says what is wrong with the stream, for as long as it is, and then what its return has brought. */
export function Banner({ store }: { store: StocksStore }) {
  const t = texts.value.banner;
  const health = store.health.value;
  const isTrouble = health === "lost" || health === "stale" || health === "connecting";
  const now = useNow(isTrouble);
  const since = useSince(isTrouble);
  const news = useReturn(store);

  if (health === "stale" && !store.market.isLive.value) return <Line>{t.deaf}</Line>;
  if (health === "stale") return <Line beside={t.silence(secondsSince(store.market.heardAt, now))}>{t.stale}</Line>;
  if (!isTrouble) return news === null ? null : <Line kind="back">{news}</Line>;
  if (since === null || now - since < patience) return null;

  const state = store.state.value;
  const nextTryAt = state.kind === "lost" ? state.nextTryAt : null;
  const { heardAt, isLoaded } = store.market;

  return (
    <section class="banner" aria-label={texts.value.connection.title}>
      <span role="status">{isLoaded.value ? t.lost(formatSeconds(heardAt)) : t.lostEmpty}</span>
      <span>{nextTryAt === null ? t.trying : t.next(Math.max(1, Math.ceil((nextTryAt - now) / 1000)))}</span>
      <button type="button" class="link-button" onClick={store.tryNow}>
        {t.tryNow}
      </button>
    </section>
  );
}

/** @param beside what changes all the time, and is not read out */
function Line({ kind, beside, children }: { kind?: "back"; beside?: string; children: string }) {
  return (
    <section class={kind === "back" ? "banner back" : "banner"} aria-label={texts.value.connection.title}>
      <span role="status">{children}</span>
      {beside !== undefined && <span>{beside}</span>}
    </section>
  );
}

function secondsSince(time: number, now: number): number {
  return Math.max(0, Math.round((now - time) / 1000));
}

/** When it began; null while it is not so. */
function useSince(isSo: boolean): number | null {
  const since = useRef<number | null>(null);
  if (!isSo) since.current = null;
  else since.current ??= Date.now();
  return since.current;
}

/** What a return has brought, for a moment. */
function useReturn(store: StocksStore): string | null {
  const t = texts.value.banner;
  const health = store.health.value;
  const wasLost = useRef(false);
  const [isBack, setIsBack] = useState(false);

  useEffect(() => {
    if (health === "lost") wasLost.current = true;
    if (!wasLost.current || (health !== "live" && health !== "closed")) return setIsBack(false);

    wasLost.current = false;
    setIsBack(true);
    const timer = setTimeout(() => setIsBack(false), goodNewsLastFor);
    return () => clearTimeout(timer);
  }, [health]);

  if (!isBack) return null;
  const replayed = store.market.replayed.value;
  return replayed === null ? t.anew : t.back(replayed);
}
