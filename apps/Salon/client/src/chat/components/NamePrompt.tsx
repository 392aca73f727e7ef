import { NameForm } from "./NameForm";
import { Logo } from "../../shared/Logo";
import { Preferences } from "../../shared/Preferences";
import { texts } from "../../shared/language";

/** The first thing that somebody new sees. */
export function NamePrompt(props: { initial?: string; refusal?: string; onName: (name: string) => void }) {
  const t = texts.value;

  return (
    <div class="welcome">
      <main class="card">
        <a href="/" aria-label={t.home_link}>
          <Logo />
        </a>
        <h1>{t.name.title}</h1>
        <NameForm initial={props.initial ?? ""} refusal={props.refusal} action={t.name.enter} onName={props.onName} />
      </main>
      <footer>
        <Preferences />
      </footer>
    </div>
  );
}
