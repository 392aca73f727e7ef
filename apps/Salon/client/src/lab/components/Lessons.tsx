import { texts } from "../texts";
import type { LabTexts } from "../texts";
import { Sequence } from "./Sequence";
import { sequences } from "../sequences";

type Lesson = keyof typeof sequences;

/** A short lesson for each technique; one is open at a time, if any. */
export function Lessons() {
  const t = texts.value.lessons;
  return (
    <section class="panel" aria-labelledby="lessons-title">
      <h2 id="lessons-title">{t.title}</h2>
      {(Object.keys(sequences) as Lesson[]).map((name) => (
        <details key={name} name="lesson" class="lesson">
          <summary>{t[name].name}</summary>
          <div class="lesson-body">
            <LessonText lesson={t[name]} />
            <Sequence name={name} />
          </div>
        </details>
      ))}
    </section>
  );
}

function LessonText({ lesson }: { lesson: LabTexts["lessons"]["sse"] }) {
  const t = texts.value.lessons;
  return (
    <dl class="lesson-text">
      <dt>{t.how}</dt>
      <dd>{lesson.how}</dd>
      <dt>{t.direction}</dt>
      <dd>{lesson.direction}</dd>
      <dt>{t.strengths}</dt>
      <dd>
        <ul>
          {lesson.strengths.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </dd>
      <dt>{t.limits}</dt>
      <dd>
        <ul>
          {lesson.limits.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </dd>
      <dt>{t.when}</dt>
      <dd>{lesson.when}</dd>
    </dl>
  );
}
