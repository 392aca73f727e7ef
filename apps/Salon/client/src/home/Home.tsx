import { texts } from "../shared/language";
import { Logo } from "../shared/Logo";
import { Preferences } from "../shared/Preferences";

export function Home() {
  const t = texts.value.home;

  return (
    <div class="home">
      <header>
        <h1>
          <Logo /> {t.title}
        </h1>
        <p class="lead">{t.lead}</p>
        <p>{t.about}</p>
      </header>
      <main>
        <a class="card primary" href="/chat">
          <h2>{t.chat}</h2>
          <p>{t.chatText}</p>
          <span class="go">{t.enter}</span>
        </a>
        <a class="card" href="/chat/native">
          <h2>{t.native}</h2>
          <p>{t.nativeText}</p>
          <span class="go">{t.showNative}</span>
        </a>
        <a class="card" href="/stocks">
          <h2>{t.stocks}</h2>
          <p>{t.stocksText}</p>
          <span class="go">{t.showStocks}</span>
        </a>
        <a class="card" href="/lab">
          <h2>{t.lab}</h2>
          <p>{t.labText}</p>
          <span class="go">{t.openLab}</span>
        </a>
        <a class="card" href="/status">
          <h2>{t.status}</h2>
          <p>{t.statusText}</p>
          <span class="go">{t.showStatus}</span>
        </a>
      </main>
      <footer>
        <Preferences />
      </footer>
    </div>
  );
}
