import { useEnd } from "./useEnd";
import type { NativeStore } from "../store";
import { texts } from "../texts";
import { locale } from "../../shared/language";

/** What goes over the connection, as it is. */
export function Frames({ store }: { store: NativeStore | null }) {
  const t = texts.value;
  const frames = store?.frames.value ?? [];
  const list = useEnd<HTMLOListElement>([frames]);
  const time = new Intl.DateTimeFormat(locale.value, { timeStyle: "medium" });

  return (
    <section class="panel" aria-labelledby="frames-title">
      <div class="panel-head">
        <h2 id="frames-title">{t.frames}</h2>
        <button type="button" class="link-button" disabled={frames.length === 0} onClick={() => store?.clearFrames()}>
          {t.clear}
        </button>
      </div>
      <p class="hint">{t.framesHint}</p>
      <ol ref={list} class="frames" tabIndex={0} aria-label={t.frames}>
        {frames.length === 0 && <li class="empty">{t.framesEmpty}</li>}
        {frames.map((frame) => (
          <li key={frame.number} class={frame.direction}>
            <span class="arrow" role="img" aria-label={frame.direction === "out" ? t.sent : t.received} title={frame.direction === "out" ? t.sent : t.received}>
              {frame.direction === "out" ? "↑" : "↓"}
            </span>
            <time dateTime={frame.time.toISOString()}>{time.format(frame.time)}</time>
            <code dir="ltr">{frame.text}</code>
          </li>
        ))}
      </ol>
    </section>
  );
}
