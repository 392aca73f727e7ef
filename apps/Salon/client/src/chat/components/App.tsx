import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Chat } from "./Chat";
import { NamePrompt } from "./NamePrompt";
import { roomInAddress } from "../address";
import { ChatStore } from "../store";
import { readText, writeText } from "../../shared/storage";

const username = signal(readText("name"));

/** Asks for a name, then shows the chat as that person. */
export function App() {
  const name = username.value;
  return name === null ? <NamePrompt onName={setName} /> : <Session key={name} username={name} />;
}

function setName(name: string): void {
  username.value = name;
  writeText("name", name);
}

function Session({ username }: { username: string }) {
  const store = useMemo(() => new ChatStore(username, roomInAddress() ?? "general"), [username]);
  useEffect(() => () => store.close(), [store]);

  const status = store.connection.status.value;
  if (status.kind === "refused") {
    return <NamePrompt initial={username} refusal={status.code} onName={(name) => (name === username ? store.connection.tryNow() : setName(name))} />;
  }
  return <Chat store={store} onName={setName} />;
}
