import { texts } from "../texts";

/** What the server minds. */
export function ServerRules() {
  const t = texts.value;

  return (
    <section class="server" aria-labelledby="server-title">
      <h2 id="server-title">{t.server}</h2>
      {t.serverText.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <table>
        <thead>
          <tr>
            <th scope="col">{t.rulesCode}</th>
            <th scope="col">{t.rulesMeaning}</th>
          </tr>
        </thead>
        <tbody>
          {t.rules.map(([code, meaning]) => (
            <tr key={code}>
              <th scope="row">{code}</th>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {t.more} <a href="/chat">{t.moreLink}</a>
      </p>
    </section>
  );
}
