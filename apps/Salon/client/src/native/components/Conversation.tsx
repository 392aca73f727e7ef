import { useEffect, useRef, useState } from "preact/hooks";
import { StatusLine } from "./StatusLine";
import { useEnd } from "./useEnd";
import { limits } from "../contract";
import type { NativeStore } from "../store";
import { texts } from "../texts";
import type { Texts } from "../texts";
import { problemOfText } from "../../shared/characters";
import { Icon } from "../../shared/Icon";
import { locale } from "../../shared/language";

// As the server would say it. Nothing cuts a text while it is typed: a cut may go through the middle of an emoji.
const codes = { empty: "empty", tooLong: "too_long", invalid: "invalid_text" };

export function Conversation({ store }: { store: NativeStore }) {
  const t = texts.value;
  const failure = store.failure.value;

  return (
    <>
      <StatusLine store={store} />
      <p class="people">
        <span>{t.people(store.people.value.length)}</span>{" "}
        {store.people.value.map((name) => (
          <span key={name} class="person" dir="auto">
            {name === store.me.value ? `${name} (${t.you})` : name}
          </span>
        ))}
      </p>
      <Messages store={store} />
      <p class="problem" role="alert">
        {failure && (t.failures[failure.code as keyof Texts["failures"]] ?? t.failures.other)}
      </p>
      <Composer store={store} />
    </>
  );
}

function Messages({ store }: { store: NativeStore }) {
  const t = texts.value;
  const [messages, waiting] = [store.messages.value, store.waiting.value];
  const list = useEnd<HTMLOListElement>([messages, waiting]);
  const time = new Intl.DateTimeFormat(locale.value, { timeStyle: "short" });

  return (
    <ol ref={list} class="messages" aria-label={t.messages} aria-live="polite" tabIndex={0}>
      {messages.length + waiting.size === 0 && <li class="empty">{t.nothing}</li>}
      {messages.map((message) => (
        <li key={`${message.name}/${message.id}`}>
          <time dateTime={message.time}>{time.format(new Date(message.time))}</time> <b dir="auto">{message.name}</b>{" "}
          <span class="said" dir="auto">
            {message.text}
          </span>
        </li>
      ))}
      {[...waiting].map(([id, text]) => (
        <li key={`waiting/${id}`} class="waiting">
          <b dir="auto">{store.me.value}</b>{" "}
          <span class="said" dir="auto">
            {text}
          </span>{" "}
          <i>{t.waiting}</i>
        </li>
      ))}
    </ol>
  );
}

function Composer({ store }: { store: NativeStore }) {
  const t = texts.value;
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => input.current?.focus({ preventScroll: true }), []);

  const send = (event: Event) => {
    event.preventDefault();
    if (text.trim() === "" || !store.canSay.value) return;
    const problem = problemOfText(text.trim(), limits.text);
    if (problem) {
      store.failure.value = { code: codes[problem], message: "" };
      return;
    }
    store.say(text.trim());
    setText("");
    input.current?.focus();
  };

  return (
    <form class="composer" onSubmit={send}>
      <input
        ref={input}
        class="field"
        aria-label={t.placeholder}
        placeholder={store.canSay.value ? t.placeholder : t.full}
        autocomplete="off"
        enterkeyhint="send"
        dir="auto"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="icon-button send" aria-label={t.send} title={t.send}>
        <Icon name="send" />
      </button>
    </form>
  );
}
