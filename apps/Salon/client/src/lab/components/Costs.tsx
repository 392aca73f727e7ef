import { bytes, milliseconds } from "../format";
import type { Figures } from "../measurement";
import { texts } from "../texts";
import { Mark } from "./Mark";

/** What a message costs the network and the processor, as bars. */
export function Costs({ figures }: { figures: readonly Figures[] }) {
  const t = texts.value.charts;
  const wire = figures.map((row) => ({ ...row, value: row.wireBytes === null || row.received === 0 ? null : row.wireBytes / row.received }));
  const processor = figures.map((row) => ({ ...row, value: row.processor }));

  return (
    <div class="costs">
      <Bars title={t.wire} rows={wire} format={bytes} />
      <Bars title={t.processor} rows={processor} format={milliseconds} />
    </div>
  );
}

type Row = Figures & { value: number | null };

function Bars({ title, rows, format }: { title: string; rows: Row[]; format: (value: number | null) => string }) {
  const t = texts.value.techniques;
  const most = Math.max(0, ...rows.map((row) => row.value ?? 0));
  if (most === 0) return null;

  return (
    <section class="panel bars" aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {rows.map((row) => (
          <div key={row.technique}>
            <dt>
              <Mark technique={row.technique} /> {t[row.technique]}
            </dt>
            <dd>
              <svg class={`bar mark-${row.technique}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect width={((row.value ?? 0) / most) * 100} height="10" />
              </svg>
              <span>{format(row.value)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
