import { useEffect, useState } from "preact/hooks";
import { api, LabError } from "../api";
import { pageTime } from "../clock";
import type { Registration as Registered, WebhookEntry } from "../contract";
import { clockTime, milliseconds, number } from "../format";
import { retryDelay } from "../readers/reader";
import type { LabStore } from "../run";
import { texts } from "../texts";
import { add } from "../webhooks";
import type { Happening } from "../webhooks";
import { Registration } from "./Registration";
import { Slider } from "./Slider";

const mostFailures = 6;

/** One event on both paths: a WebSocket, and a signed request that is repeated until it is taken. */
export function Webhooks({ store }: { store: LabStore }) {
  const t = texts.value.webhooks;
  const run = store.phase.value === "running" ? (store.report.value?.id ?? null) : null;
  const happenings = useHappenings(run, store);
  const [failures, setFailures] = useState(2);
  const [registered, setRegistered] = useState<Registered | null>(null);

  // A run that has ended has forgotten who was registered.
  useEffect(() => setRegistered(null), [run]);

  // Told here and not at the top, which is far away from what was pressed.
  const [problem, setProblem] = useState<string | null>(null);
  const { problems } = texts.value;

  const attempt = (ask: () => Promise<unknown>) => {
    setProblem(null);
    ask().catch((error: unknown) => {
      if (!(error instanceof LabError)) throw error;
      setProblem(error.code);
    });
  };

  return (
    <section class="panel" aria-labelledby="webhooks-title">
      <h2 id="webhooks-title">{t.title}</h2>
      <p class="muted">{t.lead}</p>
      <Registration run={run} registered={registered} onChange={setRegistered} attempt={attempt} />
      <div role="alert">{problem !== null && <p class="problem">{problems[problem as keyof typeof problems] ?? problems.unknown}</p>}</div>
      <div class="webhook-controls">
        <Slider label={t.failures} value={failures} text={t.failuresValue(failures)} range={[0, mostFailures]} onChange={setFailures} />
        <button type="button" class="button quiet" disabled={run === null || registered === null} onClick={() => attempt(() => api.sendWebhook(run!, failures))}>
          {t.send}
        </button>
      </div>
      {happenings.length === 0 ? (
        <p class="hint">{run === null ? t.needsRun : registered === null ? t.needsRegistration : t.empty}</p>
      ) : (
        <ol class="happenings" aria-live="polite">
          {happenings.map((happening) => (
            <Paths key={happening.id} happening={happening} />
          ))}
        </ol>
      )}
      <p class="hint">{t.signed}</p>
    </section>
  );
}

function Paths({ happening }: { happening: Happening }) {
  const t = texts.value.webhooks;
  return (
    <li>
      <h3>
        {clockTime(happening.happenedAt)} <code>{happening.id}</code>
      </h3>
      <dl>
        <dt>{t.socket}</dt>
        <dd>{happening.toldAt === null ? "…" : t.told(milliseconds(Math.max(0, happening.toldAt - happening.happenedAt)))}</dd>
        <dt>{t.hook}</dt>
        <dd>
          <ol>
            {happening.attempts.map((attempt) => (
              <li key={attempt.attempt}>
                {t.attempt(attempt.attempt ?? 0)} {attempt.status === undefined ? t.noAnswer : t.status(attempt.status)}, {describe(attempt, happening)}
              </li>
            ))}
          </ol>
          {happening.receivedAt !== null && <strong>{t.told(milliseconds(Math.max(0, happening.receivedAt - happening.happenedAt)))}</strong>}
        </dd>
      </dl>
    </li>
  );
}

function describe(attempt: WebhookEntry, happening: Happening): string {
  const t = texts.value.webhooks;
  if (attempt.retryIn !== undefined) return t.retry(number(attempt.retryIn / 1_000, attempt.retryIn % 1_000 === 0 ? 0 : 1));
  return happening.receivedAt === null ? t.gaveUp : t.received;
}

function useHappenings(run: string | null, store: LabStore): Happening[] {
  const [happenings, setHappenings] = useState<Happening[]>([]);

  useEffect(() => {
    if (run === null) return;
    setHappenings([]);
    let socket: WebSocket;
    let timer: ReturnType<typeof setTimeout>;

    const open = () => {
      socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/lab/runs/${run}/webhook`);
      socket.onmessage = (event: MessageEvent<string>) => {
        const toldAt = pageTime() + store.clockOffset;
        setHappenings((known) => add(known, JSON.parse(event.data) as WebhookEntry, toldAt));
      };
      socket.onclose = () => (timer = setTimeout(open, retryDelay()));
    };

    open();
    return () => {
      clearTimeout(timer);
      socket.onclose = null;
      socket.close();
    };
  }, [run]);

  return happenings;
}
