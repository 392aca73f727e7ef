import { Announcer } from "./Announcer";
import { Banner } from "./Banner";
import { Composer } from "./Composer";
import { Timeline } from "./Timeline";
import { TypingLine } from "./TypingLine";
import { errorText } from "../format";
import type { Room } from "../room";
import type { ChatStore } from "../store";
import { Icon } from "../../shared/Icon";
import { texts } from "../../shared/language";

interface Props {
  store: ChatStore;
  onRooms: () => void;
  onMembers: () => void;
  onSwitch: () => void;
}

/** The middle of the page: the room that is shown. */
export function Conversation({ store, onRooms, onMembers, onSwitch }: Props) {
  const t = texts.value;
  const room = store.current.value;

  return (
    <main class="conversation">
      <header class="room-head">
        <button type="button" class="icon-button only-narrow" aria-label={t.rooms.open} onClick={onRooms}>
          <Icon name="menu" />
        </button>
        <h1 dir="auto">{room?.name ?? "Salon"}</h1>
        <span class="count">{room && room.members.value.length > 0 && t.members.count(room.members.value.length)}</span>
        <button type="button" class="icon-button only-middle" aria-label={t.members.open} onClick={onMembers}>
          <Icon name="people" />
        </button>
      </header>
      <Banner store={store} />
      {room ? <OpenRoom key={room.key} room={room} store={store} /> : <NoRoom onSwitch={onSwitch} />}
      <Announcer store={store} />
    </main>
  );
}

function OpenRoom({ room, store }: { room: Room; store: ChatStore }) {
  const phase = room.phase.value;

  if (phase.kind === "failed") {
    return (
      <div class="empty">
        <h2>{errorText(phase.code)}</h2>
        <button type="button" class="button quiet" onClick={() => void store.join(room)}>
          {texts.value.conversation.retry}
        </button>
      </div>
    );
  }

  return (
    <>
      <Timeline room={room} store={store} />
      <TypingLine room={room} />
      <Composer room={room} store={store} />
    </>
  );
}

function NoRoom({ onSwitch }: { onSwitch: () => void }) {
  const t = texts.value.rooms;

  return (
    <div class="empty">
      <h2>{t.noRoom}</h2>
      <p>{t.noRoomText}</p>
      <button type="button" class="button primary" onClick={onSwitch}>
        {t.join}
      </button>
    </div>
  );
}
