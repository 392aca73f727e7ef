import { texts } from "../texts";

/** What has to be known to read the figures rightly. */
export function Notes() {
  const t = texts.value.notes;
  return (
    <section class="panel" aria-labelledby="notes-title">
      <h2 id="notes-title">{t.title}</h2>
      <dl class="notes">
        {t.items.map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
