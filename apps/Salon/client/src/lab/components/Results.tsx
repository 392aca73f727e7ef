import { bytes, milliseconds, number } from "../format";
import type { Figures } from "../measurement";
import { texts } from "../texts";
import { Mark } from "./Mark";

/** The figures of every technique, side by side. */
export function Results({ figures, clockError, isOwn }: { figures: readonly Figures[]; clockError: number | null; isOwn: boolean }) {
  const t = texts.value.results;
  const head = [t.connect, t.received, t.mean, t.p95, t.p99, t.jitter, t.missed, t.duplicated, t.reconnects, t.requests, t.wire, t.perMessage, t.processor];

  return (
    <section class="panel" aria-labelledby="results-title">
      <h2 id="results-title">{t.title}</h2>
      {figures.length === 0 ? (
        <p class="muted">{t.empty}</p>
      ) : (
        <div class="table-frame" role="region" aria-label={t.list} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.technique}</th>
                {head.map((title) => (
                  <th key={title} scope="col" class="figure">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {figures.map((row) => (
                <Row key={row.technique} figures={row} isOwn={isOwn} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {figures.length > 0 && (
        <>
          <p class="hint">{t.units}</p>
          {clockError !== null && <p class="hint">{t.clock(milliseconds(clockError))}</p>}
          {figures.every((row) => row.wireBytes === null) && <p class="hint">{t.unknownBytes}</p>}
        </>
      )}
    </section>
  );
}

function Row({ figures, isOwn }: { figures: Figures; isOwn: boolean }) {
  const t = texts.value;
  const perMessage = figures.wireBytes === null || figures.received === 0 ? null : figures.wireBytes / figures.received;
  const cells = [
    milliseconds(figures.connect),
    number(figures.received),
    milliseconds(figures.mean),
    milliseconds(figures.p95),
    milliseconds(figures.p99),
    milliseconds(figures.jitter),
    number(figures.missed),
    number(figures.duplicated),
    number(figures.reconnects),
    number(figures.requests),
    bytes(figures.wireBytes),
    bytes(perMessage),
    figures.processor === null ? "–" : `${milliseconds(figures.processor)}`,
  ];

  return (
    <tr data-technique={figures.technique}>
      <th scope="row">
        <span class="technique">
          <Mark technique={figures.technique} />
          {t.techniques[figures.technique]}
        </span>
        {isOwn && <span class={`light light-${figures.light}`}>{t.lights[figures.light]}</span>}
      </th>
      {cells.map((cell, i) => (
        <td key={i} class={`figure${i === 6 && figures.missed > 0 ? " bad" : ""}`}>
          {cell}
        </td>
      ))}
    </tr>
  );
}
