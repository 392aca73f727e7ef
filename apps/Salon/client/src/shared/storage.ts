// localStorage may be forbidden or full; then things last as long as the page does.

export function read<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`salon.${key}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(`salon.${key}`, JSON.stringify(value));
  } catch {
    // Kept in memory by whoever called.
  }
}

/** A plain text, which boot.js reads without parsing. */
export function writeText(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`salon.${key}`);
    else localStorage.setItem(`salon.${key}`, value);
  } catch {
    // As above.
  }
}

export function readText(key: string): string | null {
  try {
    return localStorage.getItem(`salon.${key}`);
  } catch {
    return null;
  }
}
