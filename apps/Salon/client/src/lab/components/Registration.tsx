import { useState } from "preact/hooks";
import { api } from "../api";
import type { Registration as Registered } from "../contract";
import { texts } from "../texts";

const receiverPath = "/lab/webhook-receiver";

interface Props {
  run: string | null;
  registered: Registered | null;
  onChange: (registered: Registered | null) => void;
  /** Runs what may be refused, and tells why it was. */
  attempt: (ask: () => Promise<void>) => void;
}

/** Whoever wants webhooks says where to, and gets the secret to check them with. */
export function Registration({ run, registered, onChange, attempt }: Props) {
  const t = texts.value.webhooks;
  const [url, setUrl] = useState(location.origin + receiverPath);

  if (registered !== null)
    return (
      <div class="registration">
        <dl>
          <dt>{t.address}</dt>
          <dd>
            <code>{registered.url}</code>
          </dd>
          <dt>{t.secret}</dt>
          <dd>
            <code>{registered.secret}</code>
          </dd>
        </dl>
        <button
          type="button"
          class="button quiet"
          disabled={run === null}
          onClick={() =>
            attempt(async () => {
              await api.unregister(run!);
              onChange(null);
            })
          }
        >
          {t.unregister}
        </button>
      </div>
    );

  return (
    <form
      class="registration"
      onSubmit={(event) => {
        event.preventDefault();
        attempt(async () => onChange(await api.register(run!, url)));
      }}
    >
      <label>
        {t.address}
        <input type="url" required value={url} onInput={(event) => setUrl(event.currentTarget.value)} spellcheck={false} />
      </label>
      <button type="submit" class="button" disabled={run === null}>
        {t.register}
      </button>
    </form>
  );
}
