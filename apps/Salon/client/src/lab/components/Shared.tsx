import { bytes, date, number } from "../format";
import type { SharedRun } from "../share";
import { texts } from "../texts";
import { Costs } from "./Costs";
import { Results } from "./Results";

/** A result that somebody else's link tells; nothing runs. */
export function Shared({ run }: { run: SharedRun }) {
  const t = texts.value.exports;
  const { rate, payload, delay, loss } = run.settings;

  return (
    <>
      <section class="panel shared">
        <p>
          <strong>{t.shared(date(run.at * 1_000))}</strong>
        </p>
        <p>{t.sharedSettings(number(rate), bytes(payload), number(delay), number(loss), run.seconds)}</p>
        <a class="button primary" href="/lab">
          {t.own}
        </a>
      </section>
      <Results figures={run.figures} clockError={null} isOwn={false} />
      <Costs figures={run.figures} />
    </>
  );
}
