import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Conversation } from "./Conversation";
import { Frames } from "./Frames";
import { NameForm } from "./NameForm";
import { Script } from "./Script";
import { ServerRules } from "./ServerRules";
import { CutButton } from "./StatusLine";
import type { OpenChat } from "../contract";
import { NativeStore } from "../store";
import { texts } from "../texts";
import { texts as shared } from "../../shared/language";
import { Logo } from "../../shared/Logo";
import { Preferences } from "../../shared/Preferences";
import { readText, writeText } from "../../shared/storage";

const store = signal<NativeStore | null>(null);
/** The frames of a connection that was refused are there to be read, too. */
const latest = signal<NativeStore | null>(null);
const refusal = signal<string | null>(null);

export function App({ openChat }: { openChat: OpenChat }) {
  const t = texts.value;

  useEffect(() => {
    document.title = `${t.title} · Salon`;
  }, [t]);

  const join = (name: string) => {
    writeText("name", name);
    refusal.value = null;
    latest.value = store.value = new NativeStore(openChat, name, (code) => {
      refusal.value = code;
      store.value = null;
    });
  };

  return (
    <div class="native">
      <header>
        <a class="home" href="/" aria-label={shared.value.home_link}>
          <Logo /> Salon
        </a>
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </header>
      <main>
        <div class={store.value ? "live on" : "live"}>
          <section class="panel" aria-labelledby="chat-title">
            <div class="panel-head">
              <h2 id="chat-title">{t.chat}</h2>
              {store.value && <CutButton store={store.value} />}
            </div>
            {store.value ? <Conversation store={store.value} /> : <NameForm initial={readText("name") ?? ""} refusal={refusal.value} onName={join} />}
          </section>
          <Frames store={latest.value} />
        </div>
        <Script />
        <ServerRules />
      </main>
      <footer>
        <Preferences />
      </footer>
    </div>
  );
}
