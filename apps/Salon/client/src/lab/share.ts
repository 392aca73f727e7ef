import { limits, techniques } from "./contract";
import type { Settings, Technique } from "./contract";
import type { Figures } from "./measurement";

/** A finished run, as a link carries it: nothing of it is stored on the server. */
export interface SharedRun {
  /** When, in Unix seconds. */
  at: number;
  settings: Settings;
  pollPause: number;
  clients: number;
  /** How many seconds it lasted. */
  seconds: number;
  figures: Figures[];
}

const version = 1;
const prefix = "#run=";
const longest = 8_000;

// What no run can reach, and what is still written in one cell; and the last day of which a page can say the date.
const mostCounted = 1e12;
const lastDate = 253_402_300_799;

// In this order in the link; a number each.
const columns = ["connect", "received", "missed", "duplicated", "reconnects", "mean", "p95", "p99", "jitter", "requests", "wireBytes", "packets", "processor"] as const;

export function toFragment(run: SharedRun): string {
  const { rate, payload, delay, loss } = run.settings;
  const rows = run.figures.map((figures) => [techniques.indexOf(figures.technique), ...columns.map((column) => round(figures[column]))]);
  const text = JSON.stringify([version, run.at, [rate, payload, delay, loss, run.pollPause, run.clients, Math.round(run.seconds)], rows]);
  return prefix + btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/={1,2}$/, "");
}

/** Reads a link that anybody may have written; `null` for one that is none. */
export function fromFragment(fragment: string): SharedRun | null {
  if (!fragment.startsWith(prefix) || fragment.length > longest) return null;

  try {
    return parse(JSON.parse(atob(fragment.slice(prefix.length).replaceAll("-", "+").replaceAll("_", "/"))) as unknown);
  } catch {
    return null;
  }
}

function parse(value: unknown): SharedRun | null {
  if (!Array.isArray(value) || value[0] !== version) return null;
  const [, at, settings, rows] = value as unknown[];
  if (!isWithin(at, 0, lastDate) || !isSettings(settings) || !Array.isArray(rows) || rows.length > techniques.length) return null;

  const figures = (rows as unknown[]).map(parseRow);
  if (figures.some((row) => row === null)) return null;
  const [rate, payload, delay, loss, pollPause, clients, seconds] = settings;
  return { at, settings: { rate, payload, delay, loss }, pollPause, clients, seconds, figures: figures as Figures[] };
}

function parseRow(row: unknown): Figures | null {
  if (!Array.isArray(row) || row.length !== columns.length + 1 || !row.every((cell) => cell === null || isWithin(cell, 0, mostCounted))) return null;
  const technique: Technique | undefined = techniques[row[0] as number];
  if (technique === undefined) return null;
  const cells = Object.fromEntries(columns.map((column, i) => [column, row[i + 1] as number | null]));
  return { ...cells, received: cells.received ?? 0, missed: cells.missed ?? 0, duplicated: cells.duplicated ?? 0, reconnects: cells.reconnects ?? 0, technique, light: "off" } as Figures;
}

type LinkSettings = [rate: number, payload: number, delay: number, loss: number, pollPause: number, clients: number, seconds: number];

function isSettings(value: unknown): value is LinkSettings {
  const ranges = [limits.rate, limits.payload, limits.delay, limits.loss, limits.interval, limits.clients, [0, mostCounted] as const];
  return Array.isArray(value) && value.length === ranges.length && ranges.every(([least, most], i) => isWithin(value[i], least, most));
}

const isWithin = (value: unknown, least: number, most: number): value is number => typeof value === "number" && value >= least && value <= most;
const round = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100);
