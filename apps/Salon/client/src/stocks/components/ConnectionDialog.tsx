import { formatMilliseconds, timeZone } from "../format";
import type { StocksStore } from "../store";
import { texts } from "../texts";
import { Dialog } from "../../shared/Dialog";
import { useNow } from "../../shared/useNow";

/** Everything there is to know of the stream. */
export function ConnectionDialog({ store, onClose }: { store: StocksStore; onClose: () => void }) {
  const t = texts.value;
  const now = useNow(true);
  const { heardAt, replayed, source } = store.market;
  const milliseconds = store.roundTrip.milliseconds.value;

  const facts: [string, string][] = [
    [t.connection.state, t.health[store.health.value]],
    [t.connection.roundTrip, milliseconds === null ? t.connection.unknown : formatMilliseconds(milliseconds)],
    [t.connection.lastEvent, heardAt === 0 ? "–" : t.connection.ago(Math.max(0, Math.floor((now - heardAt) / 1000)))],
    [t.connection.lastReturn, replayed.value === null ? t.connection.noReturn : t.connection.replayed(replayed.value)],
    [t.connection.stream, t.connection[store.role.value]],
    [t.connection.zone, timeZone.value],
  ];

  return (
    <Dialog title={t.connection.title} onClose={onClose}>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {source.value !== null && <p class="note">{t.sourceText[source.value]}</p>}
    </Dialog>
  );
}
