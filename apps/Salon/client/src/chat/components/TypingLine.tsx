import type { Room } from "../room";
import { texts } from "../../shared/language";

export function TypingLine({ room }: { room: Room }) {
  const t = texts.value.typing;
  const [first, second, ...more] = [...room.typists.value.keys()];
  const line = first === undefined ? "" : second === undefined ? t.one(first) : more.length === 0 ? t.two(first, second) : t.many;

  return <p class="typing">{line && <span class="dots">{line}</span>}</p>;
}
