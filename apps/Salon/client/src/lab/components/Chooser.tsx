import { useState } from "preact/hooks";
import { advise, questionsFor } from "../chooser";
import type { Answers } from "../chooser";
import { texts } from "../texts";

const options: { [K in keyof Answers]: readonly Answers[K][] } = {
  receiver: ["page", "server"],
  freshness: ["minutes", "seconds", "now"],
  direction: ["down", "both"],
  rooms: ["yes", "no"],
  proxies: ["yes", "no"],
};

/** Asks what matters, and says what to take and why. */
export function Chooser() {
  const t = texts.value.chooser;
  const [answers, setAnswers] = useState<Partial<Answers>>({});
  const advice = advise(answers);

  return (
    <section class="panel" aria-labelledby="chooser-title">
      <h2 id="chooser-title">{t.title}</h2>
      <p class="muted">{t.lead}</p>
      <div class="questions">
        {questionsFor(answers).map((question) => (
          <Question key={question} question={question} answer={answers[question]} onAnswer={(answer) => setAnswers({ ...answers, [question]: answer })} />
        ))}
      </div>
      <div role="status">
        {advice && (
          <div class="advice">
            <p>
              <strong>{t.take(t.names[advice.advice])}</strong>
            </p>
            <ul>
              {advice.reasons.map((reason) => (
                <li key={reason}>{t.reasons[reason]}</li>
              ))}
            </ul>
            <p class="muted">{t.else(t.names[advice.second])}</p>
          </div>
        )}
      </div>
      {Object.keys(answers).length > 0 && (
        <button type="button" class="link-button" onClick={() => setAnswers({})}>
          {t.again}
        </button>
      )}
    </section>
  );
}

function Question({ question, answer, onAnswer }: { question: keyof Answers; answer: string | undefined; onAnswer: (answer: string) => void }) {
  const t = texts.value.chooser.questions[question] as Record<string, string>;
  return (
    <fieldset>
      <legend>{t.text}</legend>
      {options[question].map((option) => (
        <label key={option} class="check">
          <input type="radio" name={`chooser-${question}`} checked={answer === option} onChange={() => onAnswer(option)} />
          {t[option]}
        </label>
      ))}
    </fieldset>
  );
}
