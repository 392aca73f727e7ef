import { useRef, useState } from "preact/hooks";
import { AlertPanel } from "./AlertPanel";
import { Announcer } from "./Announcer";
import { Banner } from "./Banner";
import { ConnectionDialog } from "./ConnectionDialog";
import { Detail } from "./Detail";
import { Header } from "./Header";
import { KeyHelp } from "./KeyHelp";
import { ListPanel } from "./ListPanel";
import { Toasts } from "./Toasts";
import { useAddress } from "./useAddress";
import { useKeys } from "./useKeys";
import { useTitle } from "./useTitle";
import { timeZone } from "../format";
import type { StocksStore } from "../store";
import { Preferences } from "../../shared/Preferences";

type Overlay = "connection" | "keys" | null;

/** The page: a list, the stock that is looked at, and alerts. */
export function App({ store }: { store: StocksStore }) {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const page = useRef<HTMLDivElement>(null);

  useAddress(store);
  useTitle(store);
  useKeys(store, page, () => setOverlay("keys"));

  return (
    <div ref={page} class="stocks" data-health={store.health.value} data-role={store.role.value}>
      <Header store={store} onConnection={() => setOverlay("connection")} onKeys={() => setOverlay("keys")} />
      <Banner store={store} />
      <main class="stocks-main">
        <ListPanel store={store} />
        <Detail store={store} />
        <AlertPanel store={store} />
        <Announcer store={store} />
      </main>
      <footer class="stocks-foot">
        <span class="zone">{timeZone.value}</span>
        <Preferences />
      </footer>
      <Toasts store={store} />
      {overlay === "connection" && <ConnectionDialog store={store} onClose={() => setOverlay(null)} />}
      {overlay === "keys" && <KeyHelp onClose={() => setOverlay(null)} />}
    </div>
  );
}
