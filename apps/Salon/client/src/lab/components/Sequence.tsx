import { sequences } from "../sequences";
import type { Step } from "../sequences";
import { texts } from "../texts";

const width = 340;
const [client, server] = [50, 290];
const [top, step] = [50, 40];

/** Who says what to whom, from top to bottom. */
export function Sequence({ name }: { name: keyof typeof sequences }) {
  const t = texts.value.lessons;
  const steps: readonly Step[] = sequences[name];
  const labels = t[name].steps;
  const height = top + steps.length * step + 12;
  const [from, to] = name === "webhook" ? [t.sender, t.receiver] : [t.client, t.server];

  return (
    <svg class="sequence" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${t.diagram(t[name].name)}: ${labels.join("; ")}`}>
      {[
        [client, from],
        [server, to],
      ].map(([x, label]) => (
        <g key={label} class="actor">
          <rect x={Number(x) - 46} y="4" width="92" height="26" rx="6" />
          <text x={x} y="21">
            {label}
          </text>
          <line x1={x} y1="30" x2={x} y2={height} />
        </g>
      ))}
      {steps.map((kind, i) => (
        <Arrow key={i} kind={kind} y={top + i * step + 14} label={labels[i] ?? ""} />
      ))}
    </svg>
  );
}

function Arrow({ kind, y, label }: { kind: Step; y: number; label: string }) {
  const middle = (client + server) / 2;
  if (kind === "wait" || kind === "break") {
    return (
      <g class={kind}>
        <text x={middle} y={y}>
          {kind === "break" ? `✕ ${label}` : label}
        </text>
      </g>
    );
  }

  const [start, end, head] = kind === "right" ? [client, server, -8] : [server, client, 8];
  return (
    <g class="arrow">
      <text x={middle} y={y - 6}>
        {label}
      </text>
      <path d={`M${start} ${y}H${end}M${end + head} ${y - 5}L${end} ${y}L${end + head} ${y + 5}`} />
    </g>
  );
}
