import { useEffect, useState } from "preact/hooks";
import { Conversation } from "./Conversation";
import { Dialog } from "../../shared/Dialog";
import { Members } from "./Members";
import { NameForm } from "./NameForm";
import { Rooms } from "./Rooms";
import { RoomSwitcher } from "./RoomSwitcher";
import { useAddress } from "./useAddress";
import { useShortcuts } from "./useShortcuts";
import { useTitle } from "./useTitle";
import type { ChatStore } from "../store";
import { texts } from "../../shared/language";

type Drawer = "rooms" | "members" | null;
type Overlay = "switcher" | "name" | null;

/** The chat: rooms, a conversation, who is there. */
export function Chat({ store, onName }: { store: ChatStore; onName: (name: string) => void }) {
  const [drawer, setDrawer] = useState<Drawer>(null);
  const [overlay, setOverlay] = useState<Overlay>(null);
  const room = store.current.value;

  const show = (next: Overlay) => {
    setDrawer(null);
    setOverlay(next);
  };

  useAddress(store);
  useTitle(store);
  useShortcuts({ switchRoom: () => show("switcher"), step: (by) => store.step(by), escape: () => setDrawer(null) });

  // On a narrow screen, whoever chose a room wants to see it.
  useEffect(() => setDrawer(null), [room]);

  return (
    <div class="chat">
      <Rooms
        store={store}
        isOpen={drawer === "rooms"}
        onClose={() => setDrawer(null)}
        onSwitch={() => show("switcher")}
        onRename={() => show("name")}
      />
      <Conversation
        store={store}
        onRooms={() => setDrawer("rooms")}
        onMembers={() => setDrawer("members")}
        onSwitch={() => show("switcher")}
      />
      <Members store={store} isOpen={drawer === "members"} onClose={() => setDrawer(null)} />
      <div class="backdrop" onClick={() => setDrawer(null)} />
      {overlay === "switcher" && <RoomSwitcher store={store} onClose={() => setOverlay(null)} />}
      {overlay === "name" && (
        <Dialog title={texts.value.name.change} onClose={() => setOverlay(null)}>
          <NameForm
            initial={store.username}
            action={texts.value.name.save}
            onName={(name) => {
              setOverlay(null);
              onName(name);
            }}
          />
        </Dialog>
      )}
    </div>
  );
}
