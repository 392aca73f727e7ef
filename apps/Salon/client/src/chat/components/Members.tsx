import { Avatar } from "./Avatar";
import { useDrawer } from "./useDrawer";
import { keyOf } from "../names";
import type { ChatStore } from "../store";
import { Icon } from "../../shared/Icon";
import { language, texts } from "../../shared/language";

/** Who is in the room that is shown. */
export function Members({ store, isOpen, onClose }: { store: ChatStore; isOpen: boolean; onClose: () => void }) {
  const t = texts.value;
  const drawer = useDrawer(isOpen);
  const order = new Intl.Collator(language.value);
  const members = [...(store.current.value?.members.value ?? [])].sort(order.compare);

  return (
    <aside ref={drawer} class={isOpen ? "panel members open" : "panel members"} aria-label={t.members.title}>
      <div class="panel-head">
        <h2>{t.members.title}</h2>
        <button type="button" class="icon-button only-middle shut" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <ul class="panel-body">
        {members.map((name) => (
          <li key={name} class="member">
            <Avatar name={name} small />
            <span class="name" dir="auto">
              {name}
            </span>
            {keyOf(name) === keyOf(store.username) && <span class="you">({t.members.you})</span>}
          </li>
        ))}
      </ul>
    </aside>
  );
}
