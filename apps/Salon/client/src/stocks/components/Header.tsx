import type { StocksStore } from "../store";
import { texts } from "../texts";
import { Icon } from "../../shared/Icon";
import { Logo } from "../../shared/Logo";
import { texts as shared } from "../../shared/language";
import { formatMilliseconds } from "../format";

interface Props {
  store: StocksStore;
  onConnection: () => void;
  onKeys: () => void;
}

/** What market this is, how its stream is, and the pause. */
export function Header({ store, onConnection, onKeys }: Props) {
  const t = texts.value;
  const { source, session, isLoaded } = store.market;

  return (
    <header class="stocks-head">
      <a class="brand" href="/" aria-label={shared.value.home_link}>
        <Logo /> Salon
      </a>
      <h1>{t.title}</h1>
      {isLoaded.value && (
        <p class="tags">
          <span class="tag" title={t.sourceText[source.value!]}>
            {t.source[source.value!]}
          </span>
          {session.value === "closed" && <span class="tag strong">{t.session.closed}</span>}
        </p>
      )}
      <div class="stocks-tools">
        <Light store={store} onClick={onConnection} />
        <PauseButton store={store} />
        <button type="button" class="icon-button" aria-label={t.keys.title} title={`${t.keys.title} (?)`} onClick={onKeys}>
          <Icon name="keyboard" />
        </button>
      </div>
    </header>
  );
}

/** A light, which is also said, and how far the server is. */
function Light({ store, onClick }: { store: StocksStore; onClick: () => void }) {
  const t = texts.value;
  const health = t.health[store.health.value];
  const milliseconds = store.roundTrip.milliseconds.value;

  return (
    <>
      <button type="button" class="light" title={t.connection.title} onClick={onClick}>
        <span class="lamp" aria-hidden="true" />
        <span>{health}</span>
        {milliseconds !== null && <span class="latency">{formatMilliseconds(milliseconds)}</span>}
      </button>
      {/* A button has no live regions in it. */}
      <span class="hidden" role="status">
        {health}
      </span>
    </>
  );
}

function PauseButton({ store }: { store: StocksStore }) {
  const t = texts.value.pause;
  const { market } = store;
  const isPaused = market.isPaused.value;

  return (
    <>
      {isPaused && <span class="held">{t.waiting(market.heldBack.value)}</span>}
      <button type="button" class="button quiet pause" aria-pressed={isPaused} onClick={() => (isPaused ? market.resume() : market.pause())}>
        <Icon name={isPaused ? "play" : "pause"} /> <span>{isPaused ? t.resume : t.pause}</span>
      </button>
    </>
  );
}
