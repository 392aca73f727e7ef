import { useEffect, useRef, useState } from "preact/hooks";
import { limits } from "../contract";
import { texts } from "../texts";
import type { Texts } from "../texts";
import { problemOf, tidy } from "../../chat/names";

interface Props {
  initial: string;
  /** The code of the error with which the server refused the name. */
  refusal: string | null;
  onName: (name: string) => void;
}

export function NameForm({ initial, refusal, onName }: Props) {
  const t = texts.value;
  const [name, setName] = useState(initial);
  const [problem, setProblem] = useState<string | null>(refusal);

  const input = useRef<HTMLInputElement>(null);

  // Whoever was refused is in the middle of writing a name.
  useEffect(() => {
    if (refusal !== null) input.current?.focus();
  }, [refusal]);

  const submit = (event: Event) => {
    event.preventDefault();
    const found = problemOf(name, limits.name);
    setProblem(found);
    if (!found) onName(tidy(name));
  };

  return (
    <form class="name-form" onSubmit={submit} noValidate>
      <label for="name">{t.name}</label>
      <input
        ref={input}
        id="name"
        class="field"
        value={name}
        autocomplete="nickname"
        aria-invalid={problem !== null}
        aria-describedby="name-problem"
        onInput={(event) => {
          setName(event.currentTarget.value);
          setProblem(null);
        }}
      />
      <p class="hint">{t.nameHint}</p>
      <p id="name-problem" class="problem" role="alert">
        {problem && (t.problems[problem as keyof Texts["problems"]] ?? t.problems.other)}
      </p>
      <button class="button primary" type="submit">
        {t.join}
      </button>
    </form>
  );
}
