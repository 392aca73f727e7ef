import { limits, techniques } from "../contract";
import type { Technique } from "../contract";
import { bytes, number } from "../format";
import type { LabStore } from "../run";
import { texts } from "../texts";
import { Mark } from "./Mark";
import { Slider } from "./Slider";

/** What a run is set to, and what can be done to it. */
export function Controls({ store }: { store: LabStore }) {
  const t = texts.value.controls;
  const settings = store.settings.value;
  const phase = store.phase.value;
  const isRunning = phase === "running";

  return (
    <section class="panel controls" aria-labelledby="controls-title">
      <h2 id="controls-title">{t.title}</h2>
      <div class="sliders">
        <Slider label={t.rate} value={settings.rate} text={number(settings.rate)} range={limits.rate} onChange={(rate) => store.change({ rate })} />
        <Slider label={t.payload} value={settings.payload} text={bytes(settings.payload)} range={limits.payload} step={64} onChange={(payload) => store.change({ payload })} />
        <Slider label={t.delay} value={settings.delay} text={`${number(settings.delay)} ms`} range={limits.delay} step={10} onChange={(delay) => store.change({ delay })} />
        <Slider label={t.loss} value={settings.loss} text={t.lossValue(number(settings.loss))} range={limits.loss} onChange={(loss) => store.change({ loss })} />
        <Slider label={t.interval} value={store.pollPause.value} text={`${number(store.pollPause.value)} ms`} range={limits.interval} step={100} onChange={(value) => (store.pollPause.value = value)} />
        <Slider label={t.clients} value={store.clients.value} text={number(store.clients.value)} range={limits.clients} onChange={(value) => (store.clients.value = value)} />
      </div>
      <fieldset class="which" disabled={isRunning || phase === "starting"}>
        <legend>{t.which}</legend>
        {techniques.map((technique) => (
          <Choice key={technique} store={store} technique={technique} />
        ))}
      </fieldset>
      <div class="actions">
        {isRunning ? (
          <button type="button" class="button primary" onClick={() => void store.stop()}>
            {t.stop}
          </button>
        ) : (
          <button type="button" class="button primary" disabled={phase === "starting" || store.chosen.value.size === 0} onClick={() => void store.start()}>
            {phase === "starting" ? t.starting : phase === "ended" ? t.again : t.start}
          </button>
        )}
        <button type="button" class="button quiet" disabled={!isRunning} onClick={() => void store.cut()}>
          {t.cut}
        </button>
        <button type="button" class="button quiet" disabled={!isRunning} onClick={() => void store.restart()}>
          {t.restart}
        </button>
        <button type="button" class="button quiet" disabled={!isRunning || store.report.value?.processor?.state === "running"} onClick={() => void store.measure()}>
          {t.measure}
        </button>
      </div>
      <p class="hint">{t.restartNote}</p>
      <State store={store} />
    </section>
  );
}

function Choice({ store, technique }: { store: LabStore; technique: Technique }) {
  return (
    <label class="check">
      <input type="checkbox" checked={store.chosen.value.has(technique)} onChange={() => store.toggle(technique)} />
      <Mark technique={technique} />
      {texts.value.techniques[technique]}
    </label>
  );
}

/** What is going on now, also for those who hear the page. */
function State({ store }: { store: LabStore }) {
  const t = texts.value;
  const report = store.phase.value === "running" ? store.report.value : null;
  const processor = report?.processor;
  const problem = store.problem.value;

  return (
    <div class="state">
      <div role="status">
        {problem !== null && <p class="problem">{t.problems[problem as keyof typeof t.problems] ?? t.problems.unknown}</p>}
        {report?.phase === "restarting" && <p class="warning">{t.controls.restarting}</p>}
        {processor?.state === "running" && <p class="note">{processor.current ? t.controls.measuring(t.techniques[processor.current]) : t.controls.measuringIdle}</p>}
        {processor?.state === "failed" && <p class="problem">{t.controls.measureFailed}</p>}
      </div>
      {report?.phase === "cut" && (
        <p class="warning">
          <span aria-hidden="true">{t.controls.cutNow}</span> {t.controls.cutLeft(Math.ceil(report.phaseLeft / 1_000))}
        </p>
      )}
      {/* The seconds are not read out one by one. */}
      <span class="hidden" role="status">
        {report?.phase === "cut" && t.controls.cutNow}
      </span>
    </div>
  );
}
