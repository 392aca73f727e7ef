import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { limits } from "../contract";
import { errorText } from "../format";
import type { Room } from "../room";
import type { ChatStore } from "../store";
import { TypingSender } from "../typing";
import { Icon } from "../../shared/Icon";
import { measure, problemOfText } from "../../shared/characters";
import { texts } from "../../shared/language";

const warnFrom = limits.message - 500;

/** Where a message is written. Enter sends, Shift and Enter begins a line. */
export function Composer({ room, store }: { room: Room; store: ChatStore }) {
  const t = texts.value.composer;
  const [text, setText] = useState(room.draft);
  const field = useRef<HTMLTextAreaElement>(null);
  const typing = useMemo(() => new TypingSender((on) => store.setTyping(room, on)), [room, store]);

  const { length, over } = measure(text.trim(), limits.message);
  const problem = problemOfText(text.trim(), limits.message);
  const canSend = problem === null;

  // On a touch screen the keyboard would cover what is to be read.
  useEffect(() => {
    if (!matchMedia("(pointer: coarse)").matches) field.current?.focus();
    return () => typing.stop();
  }, [typing]);

  useLayoutEffect(() => {
    const element = field.current!;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const change = (next: string) => {
    room.draft = next;
    setText(next);
  };

  const send = () => {
    if (!canSend) return;
    typing.stop();
    store.say(room, text.trim());
    change("");
    field.current?.focus();
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-box">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={t.label(room.name)}
          placeholder={t.placeholder(room.name)}
          enterkeyhint="send"
          value={text}
          onInput={(event) => {
            change(event.currentTarget.value);
            typing.onInput(event.currentTarget.value);
          }}
          onKeyDown={onKey}
        />
        <button type="submit" class="icon-button send" aria-label={t.send} title={t.send} disabled={!canSend}>
          <Icon name="send" />
        </button>
      </div>
      {(length > warnFrom || over > 0 || problem === "invalid") && (
        <p class={over > 0 || problem === "invalid" ? "counter over" : "counter"} role="status">
          {over > 0 ? t.over(over) : problem === "invalid" ? errorText("invalid_text") : t.left(limits.message - length)}
        </p>
      )}
    </form>
  );
}
