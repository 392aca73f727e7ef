import { useEffect, useState } from "preact/hooks";
import { colour, loadSource, scriptAddress, split } from "../source";
import type { Section } from "../source";
import { texts } from "../texts";

/** The script that runs here, each part beside what there is to say about it. */
export function Script() {
  const t = texts.value;
  const [sections, setSections] = useState<Section[] | null>([]);

  useEffect(() => {
    loadSource().then(
      (source) => setSections(split(source)),
      () => setSections(null),
    );
  }, []);

  return (
    <section class="script" aria-labelledby="script-title">
      <h2 id="script-title">{t.script}</h2>
      <p>
        {t.scriptHint} <a href={scriptAddress}>{scriptAddress}</a>
      </p>
      {sections === null && (
        <p class="problem" role="alert">
          {t.scriptFailed}
        </p>
      )}
      {sections?.map((section, index) => (
        <div key={section.number} class="part">
          <div class="explanation">
            <h3>
              <span class="number">{section.number}</span> {t.sections[index]?.title}
            </h3>
            {t.sections[index]?.text.map((paragraph) => <p key={paragraph}>{paragraph}</p>)}
          </div>
          <pre tabIndex={0}>
            <code dir="ltr">
              {colour(section.code).map((part, position) => (
                <span key={position} class={part.kind}>
                  {part.text}
                </span>
              ))}
            </code>
          </pre>
        </div>
      ))}
    </section>
  );
}
