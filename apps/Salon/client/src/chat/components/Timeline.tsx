import { useMemo } from "preact/hooks";
import { MessageGroup } from "./MessageGroup";
import { PendingMessages } from "./PendingMessages";
import { useStickyScroll } from "./useStickyScroll";
import { day } from "../format";
import type { Room } from "../room";
import type { ChatStore } from "../store";
import { toTimeline } from "../timeline";
import type { Entry, Notice } from "../timeline";
import { Icon } from "../../shared/Icon";
import { texts } from "../../shared/language";

/** What was said in a room. */
export function Timeline({ room, store }: { room: Room; store: ChatStore }) {
  const t = texts.value.conversation;
  const messages = room.messages.value;
  const notices = room.notices.value;
  const unreadFrom = room.unreadFrom.value;
  const pending = store.outbox.items.value.filter((item) => store.isIn(item, room));

  const entries = useMemo(() => toTimeline(messages, notices, unreadFrom), [messages, notices, unreadFrom]);
  const isLoading = room.phase.value.kind === "joining" && messages.length === 0;
  const isEmpty = !isLoading && entries.length === 0 && pending.length === 0;

  const { frame, onScroll, isAtEnd, jump } = useStickyScroll(room, store, `${entries.length} ${messages.at(-1)?.seq} ${pending.length}`);
  const unread = room.unread.value;

  return (
    <div class="timeline-frame">
      <div ref={frame} class="timeline" role="region" aria-label={t.label(room.name)} tabIndex={0} onScroll={onScroll}>
        <ol>
          {isLoading && <li class="empty">{t.loading}</li>}
          {isEmpty && (
            <li class="empty">
              <h2>{t.empty}</h2>
              <p>{t.emptyText}</p>
            </li>
          )}
          {!isLoading && !isEmpty && <Beginning room={room} />}
          {entries.map((entry) => (
            <EntryItem key={entry.id} entry={entry} self={store.username} />
          ))}
          <PendingMessages items={pending} store={store} />
        </ol>
      </div>
      {!isAtEnd && (
        <button type="button" class={unread > 0 ? "button jump news" : "button jump"} onClick={jump}>
          <Icon name="down" /> {unread > 0 ? t.newMessages(unread) : t.latest}
        </button>
      )}
    </div>
  );
}

function Beginning({ room }: { room: Room }) {
  const t = texts.value.conversation;
  return <li class="timeline-note">{room.hasOlder.value ? (room.isLoadingOlder.value ? t.older : "") : t.start(room.name)}</li>;
}

function EntryItem({ entry, self }: { entry: Entry; self: string }) {
  switch (entry.kind) {
    case "group":
      return <MessageGroup group={entry} self={self} />;
    case "day":
      return <li class="day">{day(entry.time)}</li>;
    case "unread":
      return <li class="unread-line">{texts.value.conversation.unreadLine}</li>;
    case "notice":
      return <li class="notice">{noticeText(entry.notice)}</li>;
  }
}

function noticeText({ kind, username, message }: Notice): string {
  const t = texts.value.conversation;
  return (kind === "joined" || kind === "left") && username !== undefined ? t[kind](username) : message;
}
