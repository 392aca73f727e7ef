import type { SharedRun } from "./share";

const columns = ["technique", "connect", "received", "missed", "duplicated", "reconnects", "mean", "p95", "p99", "jitter", "requests", "wireBytes", "packets", "processor"] as const;

/** A run as a table for spreadsheets: a line for each technique, with the settings at its end; numbers as programs write them. */
export function toCsv(run: SharedRun): string {
  const settings = { at: new Date(run.at * 1_000).toISOString(), seconds: Math.round(run.seconds), ...run.settings, pollPause: run.pollPause };
  const head = [...columns, ...Object.keys(settings)].join(",");
  const lines = run.figures.map((figures) => [...columns.map((column) => cell(figures[column])), ...Object.values(settings)].join(","));
  return [head, ...lines, ""].join("\r\n");
}

const cell = (value: string | number | null): string => (value === null ? "" : typeof value === "number" ? String(Math.round(value * 1_000) / 1_000) : value);
