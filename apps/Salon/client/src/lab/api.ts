import type { Registration, Report, Settings, WebhookEntry } from "./contract";

/** A request that the server refused, with the code of its problem document; `offline` when it did not answer. */
export class LabError extends Error {
  constructor(
    readonly code: string,
    readonly retryAfter: number | null,
  ) {
    super(code);
  }
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;

  try {
    response = await fetch(path, {
      method,
      cache: "no-store",
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
  } catch {
    throw new LabError("offline", null);
  }

  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { code?: string };
    const retryAfter = response.headers.get("Retry-After");
    throw new LabError(problem.code ?? "unknown", retryAfter === null ? null : Number(retryAfter));
  }

  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const api = {
  begin: (settings: Settings) => ask<Report>("POST", "/lab/runs", settings),
  report: (id: string) => ask<Report>("GET", `/lab/runs/${id}`),
  change: (id: string, settings: Settings) => ask<Report>("PATCH", `/lab/runs/${id}`, settings),
  cut: (id: string, seconds: number) => ask<Report>("POST", `/lab/runs/${id}/cut`, { seconds }),
  restart: (id: string) => ask<Report>("POST", `/lab/runs/${id}/restart`),
  measure: (id: string, clients: number) => ask<Report>("POST", `/lab/runs/${id}/processor`, { clients }),
  register: (id: string, url: string) => ask<Registration>("PUT", `/lab/runs/${id}/webhook`, { url }),
  unregister: (id: string) => ask<undefined>("DELETE", `/lab/runs/${id}/webhook`),
  sendWebhook: (id: string, failures: number) => ask<WebhookEntry>("POST", `/lab/runs/${id}/webhook`, { failures }),
  clock: () => ask<{ time: number }>("GET", "/lab/clock"),

  /** Also when the page is being left. */
  end: (id: string) => void fetch(`/lab/runs/${id}`, { method: "DELETE", keepalive: true }).catch(() => undefined),
};
