import { useState } from "preact/hooks";
import { useFocus } from "./useFocus";
import { limits } from "../contract";
import { errorText } from "../format";
import { problemOf, tidy } from "../names";
import { texts } from "../../shared/language";

interface Props {
  initial: string;
  /** The code of the error with which the server refused the name. */
  refusal?: string | undefined;
  action: string;
  onName: (name: string) => void;
}

export function NameForm({ initial, refusal, action, onName }: Props) {
  const t = texts.value.name;
  const [name, setName] = useState(initial);
  const [isRefused, setIsRefused] = useState(refusal !== undefined);
  const [isChecked, setIsChecked] = useState(false);
  const input = useFocus<HTMLInputElement>();

  const problem = problemOf(name, limits.username);
  const shown = isRefused ? errorText(refusal ?? "") : isChecked && problem ? t[problem] : "";

  const submit = (event: Event) => {
    event.preventDefault();
    setIsChecked(true);
    setIsRefused(false);
    if (problem) input.current?.focus();
    else onName(tidy(name));
  };

  return (
    <form class="name-form" onSubmit={submit} noValidate>
      <p class="hint">{t.hint}</p>
      <label for="name">{t.label}</label>
      <input
        ref={input}
        id="name"
        class="field"
        autoFocus
        value={name}
        autocomplete="nickname"
        aria-invalid={shown !== ""}
        aria-describedby="name-problem"
        onInput={(event) => {
          setName(event.currentTarget.value);
          setIsRefused(false);
        }}
      />
      <p id="name-problem" class="problem" role="alert">
        {shown}
      </p>
      <button class="button primary" type="submit">
        {action}
      </button>
    </form>
  );
}
