import * as Y from "yjs";
import { WebsocketProvider } from "y-websocket";

const doc = new Y.Doc();
const shared = doc.getText("text");
const field = document.querySelector("#text");
const provider = new WebsocketProvider(location.origin.replace(/^http/, "ws"), "yjs", doc);
provider.on("status", ({ status }) => (document.querySelector("#state").textContent = `${status[0].toUpperCase()}${status.slice(1)}.`));

// What was typed is what lies between the equal beginning and the equal end.
field.addEventListener("input", () => {
  const [before, after] = [shared.toString(), field.value];
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  let end = 0;
  while (start < shorter && before[start] === after[start]) start++;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;

  doc.transact(() => {
    shared.delete(start, before.length - start - end);
    shared.insert(start, after.slice(start, after.length - end));
  }, field);
});

// What others type moves the cursor with the text around it.
shared.observe((event) => {
  if (event.transaction.origin === field) return;
  const move = (position) => {
    let index = 0;
    for (const { retain = 0, insert = "", delete: removed = 0 } of event.delta) {
      if (index > position || (insert && index === position)) break;
      index += retain;
      if (index < position || (removed && index <= position)) position += insert.length - Math.min(removed, position - index);
      index += insert.length;
    }
    return position;
  };
  const [start, end] = [move(field.selectionStart), move(field.selectionEnd)];
  field.value = shared.toString();
  field.setSelectionRange(start, end);
});
