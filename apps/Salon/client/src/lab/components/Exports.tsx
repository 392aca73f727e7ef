import { useState } from "preact/hooks";
import { pageTime } from "../clock";
import { save, toCsv } from "../csv";
import type { LabStore } from "../run";
import { toFragment } from "../share";
import type { SharedRun } from "../share";
import { texts } from "../texts";

/** The result as a file, or as an address that holds it. */
export function Exports({ store }: { store: LabStore }) {
  const t = texts.value.exports;
  const [link, setLink] = useState<string | null>(null);
  const [isCopied, setCopied] = useState(false);
  const isEmpty = store.figures.value.length === 0;

  const copy = async () => {
    const address = `${location.origin}${location.pathname}${toFragment(shared(store))}`;
    setLink(address);
    setCopied(await write(address));
  };

  return (
    <section class="panel" aria-labelledby="exports-title">
      <h2 id="exports-title">{t.title}</h2>
      <div class="actions">
        <button type="button" class="button quiet" disabled={isEmpty} onClick={() => save("salon-lab.csv", toCsv(shared(store)))}>
          {t.csv}
        </button>
        <button type="button" class="button quiet" disabled={isEmpty} onClick={() => void copy()}>
          {t.link}
        </button>
      </div>
      <p class="hint" role="status">
        {isEmpty ? t.nothing : link === null ? t.hint : isCopied ? t.copied : t.copyHere}
      </p>
      {link !== null && <input class="field" readOnly value={link} aria-label={t.copyHere} onFocus={(event) => event.currentTarget.select()} />}
    </section>
  );
}

function shared(store: LabStore): SharedRun {
  const now = pageTime();
  return {
    at: Math.round(now / 1_000),
    settings: store.settings.value,
    pollPause: store.pollPause.value,
    clients: store.clients.value,
    seconds: (now - store.startedAt.value) / 1_000,
    figures: store.figures.value,
  };
}

/** The clipboard is there only on secure pages, and only when the person allows it. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
