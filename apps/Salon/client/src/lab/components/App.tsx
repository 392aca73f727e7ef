import { useEffect, useMemo, useState } from "preact/hooks";
import { Logo } from "../../shared/Logo";
import { Preferences } from "../../shared/Preferences";
import { texts as shared } from "../../shared/language";
import { LabStore } from "../run";
import { fromFragment } from "../share";
import type { SharedRun } from "../share";
import { texts } from "../texts";
import { Charts } from "./Charts";
import { Chooser } from "./Chooser";
import { Controls } from "./Controls";
import { Costs } from "./Costs";
import { Exports } from "./Exports";
import { Lessons } from "./Lessons";
import { Notes } from "./Notes";
import { Results } from "./Results";
import { Shared } from "./Shared";
import { Webhooks } from "./Webhooks";

/** The whole page: a run, or the result that its address holds. */
export function App() {
  const store = useMemo(() => new LabStore(), []);
  const shared = useSharedRun();
  const t = texts.value;

  useEffect(() => {
    document.title = `${t.title} · Salon`;
  }, [t]);

  return (
    <div class="lab">
      <Head />
      <main>
        {shared ? (
          <Shared run={shared} />
        ) : (
          <>
            <Controls store={store} />
            <Results figures={store.figures.value} clockError={store.clockError.value} isOwn />
            <Charts store={store} />
            <Costs figures={store.figures.value} />
            <Exports store={store} />
            <Webhooks store={store} />
          </>
        )}
        <Notes />
        <Lessons />
        <Chooser />
      </main>
      <footer>
        <Preferences />
      </footer>
    </div>
  );
}

function Head() {
  const t = texts.value;
  return (
    <header class="lab-head">
      <a class="home-link" href="/" aria-label={shared.value.home_link}>
        <Logo />
      </a>
      <div>
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <p class="muted">{t.about}</p>
      </div>
    </header>
  );
}

function useSharedRun(): SharedRun | null {
  const [run, setRun] = useState(() => fromFragment(location.hash));

  useEffect(() => {
    const onChange = () => setRun(fromFragment(location.hash));
    window.addEventListener("hashchange", onChange);
    return () => window.removeEventListener("hashchange", onChange);
  }, []);

  return run;
}
