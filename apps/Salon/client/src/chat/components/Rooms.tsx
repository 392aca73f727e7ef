import { Avatar } from "./Avatar";
import { useDrawer } from "./useDrawer";
import type { Room } from "../room";
import type { ChatStore } from "../store";
import { Icon } from "../../shared/Icon";
import { Logo } from "../../shared/Logo";
import { Preferences } from "../../shared/Preferences";
import { texts } from "../../shared/language";

interface Props {
  store: ChatStore;
  isOpen: boolean;
  onClose: () => void;
  onSwitch: () => void;
  onRename: () => void;
}

const shortcut = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘K" : "Ctrl K";

/** The rooms that this person is in. */
export function Rooms({ store, isOpen, onClose, onSwitch, onRename }: Props) {
  const t = texts.value;
  const drawer = useDrawer(isOpen);

  return (
    <nav ref={drawer} class={isOpen ? "panel rooms open" : "panel rooms"} aria-label={t.rooms.title}>
      <div class="panel-head">
        <a class="brand" href="/" aria-label={t.home_link}>
          <Logo /> Salon
        </a>
        <button type="button" class="icon-button only-narrow shut" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div class="panel-body">
        <ul class="room-list">
          {store.rooms.value.map((room) => (
            <RoomItem key={room.key} room={room} store={store} onOpen={onClose} />
          ))}
        </ul>
        <button type="button" class="add-room" onClick={onSwitch}>
          <Icon name="plus" /> {t.rooms.add} <kbd>{shortcut}</kbd>
        </button>
      </div>
      <div class="panel-foot">
        <div class="me">
          <Avatar name={store.username} />
          <span class="name">{store.username}</span>
          <button type="button" class="icon-button" aria-label={t.name.change} title={t.name.change} onClick={onRename}>
            <Icon name="pencil" />
          </button>
        </div>
        <Preferences />
      </div>
    </nav>
  );
}

function RoomItem({ room, store, onOpen }: { room: Room; store: ChatStore; onOpen: () => void }) {
  const t = texts.value.rooms;
  const unread = room.unread.value;

  const open = () => {
    store.open(room.name);
    onOpen();
  };

  return (
    <li>
      <button
        type="button"
        class={unread > 0 ? "room-link unread" : "room-link"}
        aria-current={store.current.value === room ? "true" : undefined}
        onClick={open}
      >
        <span class="name" dir="auto">
          {room.name}
        </span>
        {unread > 0 && (
          <span class="badge" title={t.unread(unread)}>
            <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
            <span class="hidden">{t.unread(unread)}</span>
          </span>
        )}
      </button>
      <button type="button" class="icon-button leave" aria-label={t.leave(room.name)} title={t.leave(room.name)} onClick={() => void store.leave(room)}>
        <Icon name="close" />
      </button>
    </li>
  );
}
