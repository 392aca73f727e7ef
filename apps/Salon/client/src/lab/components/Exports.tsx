import { useState } from "preact/hooks";
import { toCsv } from "../csv";
import type { LabStore } from "../run";
import { toFragment } from "../share";
import { texts } from "../texts";
import { download } from "../../shared/download";

/** The result as a file, or as an address that holds it. */
export function Exports({ store }: { store: LabStore }) {
  const t = texts.value.exports;
  const [link, setLink] = useState<string | null>(null);
  const [isCopied, setCopied] = useState(false);
  const result = store.result.value;

  const copy = async () => {
    if (!result) return;
    const address = `${location.origin}${location.pathname}${toFragment(result)}`;
    setLink(address);
    setCopied(await write(address));
  };

  return (
    <section class="panel" aria-labelledby="exports-title">
      <h2 id="exports-title">{t.title}</h2>
      <div class="actions">
        <button type="button" class="button quiet" disabled={!result} onClick={() => result && download("salon-lab.csv", toCsv(result))}>
          {t.csv}
        </button>
        <button type="button" class="button quiet" disabled={!result} onClick={() => void copy()}>
          {t.link}
        </button>
      </div>
      <p class="hint" role="status">
        {!result ? t.nothing : link === null ? t.hint : isCopied ? t.copied : t.copyHere}
      </p>
      {link !== null && <input class="field" readOnly value={link} aria-label={t.copyHere} onFocus={(event) => event.currentTarget.select()} />}
    </section>
  );
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
