import { Avatar } from "./Avatar";
import { Said } from "./MessageGroup";
import { useNow } from "../../shared/useNow";
import { errorText } from "../format";
import type { Outgoing } from "../outbox";
import type { ChatStore } from "../store";
import { texts } from "../../shared/language";

/** What was written here and is not stored yet, under everything that is. */
export function PendingMessages({ items, store }: { items: readonly Outgoing[]; store: ChatStore }) {
  const now = useNow(items.some((item) => item.state.kind === "slowed"));
  if (items.length === 0) return null;

  return (
    <li class="group">
      <Avatar name={store.username} />
      <div>
        <div class="head">
          <span class="author self" dir="auto">
            {store.username}
          </span>
        </div>
        {items.map((item) => (
          <div key={item.clientMsgId}>
            <Said text={item.text} time={item.time} isPending />
            <State item={item} store={store} now={now} />
          </div>
        ))}
      </div>
    </li>
  );
}

function State({ item, store, now }: { item: Outgoing; store: ChatStore; now: number }) {
  const t = texts.value.conversation;
  const state = item.state;

  switch (state.kind) {
    case "sending":
      return <p class="pending-state sending">{t.sending}</p>;
    case "waiting":
      return store.connection.status.value.kind === "online" ? (
        <p class="pending-state sending">{t.sending}</p>
      ) : (
        <p class="pending-state">{t.waiting}</p>
      );
    case "slowed":
      return <p class="pending-state">{t.slowed(Math.max(1, Math.ceil((state.until - now) / 1000)))}</p>;
    case "failed":
      return (
        <p class="pending-state failed" role="alert">
          {t.failed} {errorText(state.code)}
          <button type="button" class="link-button" onClick={() => store.outbox.retry(item.clientMsgId)}>
            {t.retry}
          </button>
          <button type="button" class="link-button" onClick={() => store.outbox.discard(item.clientMsgId)}>
            {t.discard}
          </button>
        </p>
      );
  }
}
