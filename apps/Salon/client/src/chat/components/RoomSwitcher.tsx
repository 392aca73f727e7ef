import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../../shared/Dialog";
import { useFocus } from "./useFocus";
import { limits } from "../contract";
import type { RoomSummary } from "../contract";
import { errorText } from "../format";
import { keyOf, problemOf, tidy } from "../names";
import type { ChatStore } from "../store";
import { Icon } from "../../shared/Icon";
import { texts } from "../../shared/language";

type Found = { kind: "loading" } | { kind: "failed" } | { kind: "found"; rooms: RoomSummary[] };
type Option = { room: string; detail: string; isNew: boolean };

/** Finds a room by its name, or makes one. */
export function RoomSwitcher({ store, onClose }: { store: ChatStore; onClose: () => void }) {
  const t = texts.value.rooms;
  const [found, setFound] = useState<Found>({ kind: "loading" });
  const [query, setQuery] = useState("");
  const [selected, setSelected] = useState(0);
  const input = useFocus<HTMLInputElement>();

  useEffect(() => {
    void store.listRooms().then((rooms) => setFound(rooms ? { kind: "found", rooms } : { kind: "failed" }));
  }, [store]);

  const options = toOptions(query, found.kind === "found" ? found.rooms : [], store);
  const problem = query.trim() === "" ? null : problemOf(query, limits.room);
  const active = Math.min(selected, options.length - 1);

  const choose = (option: Option | undefined) => {
    if (!option) return;
    store.open(option.room);
    onClose();
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "Enter") choose(options[active]);
    else if (event.key === "ArrowDown") setSelected((active + 1) % Math.max(1, options.length));
    else if (event.key === "ArrowUp") setSelected((active - 1 + options.length) % Math.max(1, options.length));
    else return;
    event.preventDefault();
  };

  return (
    <Dialog title={t.join} onClose={onClose}>
      <input
        ref={input}
        class="field"
        autoFocus
        role="combobox"
        aria-label={t.search}
        aria-expanded="true"
        aria-controls="room-options"
        aria-activedescendant={options.length > 0 ? `room-option-${active}` : undefined}
        aria-invalid={problem !== null}
        placeholder={t.search}
        autocomplete="off"
        spellcheck={false}
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setSelected(0);
        }}
        onKeyDown={onKey}
      />
      <div id="room-options" class="options" role="listbox" aria-label={t.title}>
        {options.map((option, index) => (
          <OptionItem key={option.room} option={option} index={index} isActive={index === active} onChoose={() => choose(option)} />
        ))}
      </div>
      {problem && <p class="problem">{t.invalid}</p>}
      {found.kind === "loading" && <p class="note">{t.loading}</p>}
      {found.kind === "failed" && <p class="note">{errorText("timeout")}</p>}
      {found.kind === "found" && options.length === 0 && !problem && <p class="note">{t.none}</p>}
    </Dialog>
  );
}

function OptionItem({ option, index, isActive, onChoose }: { option: Option; index: number; isActive: boolean; onChoose: () => void }) {
  return (
    <div
      id={`room-option-${index}`}
      class="option"
      role="option"
      aria-selected={isActive}
      ref={isActive ? intoView : null}
      onClick={onChoose}
    >
      <Icon name={option.isNew ? "plus" : "people"} />
      <span class="name" dir="auto">
        {option.isNew ? texts.value.rooms.create(option.room) : option.room}
      </span>
      <span class="detail">{option.detail}</span>
    </div>
  );
}

function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}

function toOptions(query: string, known: readonly RoomSummary[], store: ChatStore): Option[] {
  const t = texts.value.rooms;
  const key = keyOf(query);

  const options = known
    .filter(({ room }) => keyOf(room).includes(key))
    .map(({ room, members }) => ({ room, isNew: false, detail: store.find(room) ? `${t.here(members)}, ${t.joined}` : t.here(members) }));

  const isNew = problemOf(query, limits.room) === null && !known.some(({ room }) => keyOf(room) === key);
  return isNew ? [...options, { room: tidy(query), isNew: true, detail: "" }] : options;
}
