// The room is the part of the address behind "#", so that an address can be passed on and the browser's arrows work.

export function roomInAddress(): string | null {
  try {
    return decodeURIComponent(location.hash.slice(1)).trim() || null;
  } catch {
    return null;
  }
}

export function showInAddress(room: string | null): void {
  const hash = room === null ? "" : `#${encodeURIComponent(room)}`;
  if (hash === location.hash) return;

  // The first room replaces what was opened without one.
  if (location.hash === "") history.replaceState(null, "", location.pathname + hash);
  else history.pushState(null, "", location.pathname + hash);
}
