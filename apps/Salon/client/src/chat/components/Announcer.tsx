import type { ChatStore } from "../store";

/** What others write is read out to those who hear the page, when nothing else is being said. */
export function Announcer({ store }: { store: ChatStore }) {
  const message = store.announced.value;

  return (
    <p class="hidden" aria-live="polite">
      {message && `${message.username}: ${message.text}`}
    </p>
  );
}
