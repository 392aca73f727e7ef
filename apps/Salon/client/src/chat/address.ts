import { limits } from "./contract";
import { problemOf } from "./names";

// The room is the part of the address behind "#", so that an address can be passed on and the browser's arrows work.

export function roomInAddress(): string | null {
  try {
    const name = decodeURIComponent(location.hash.slice(1));
    return problemOf(name, limits.room) === null ? name : null;
  } catch {
    // Not what encodeURIComponent writes.
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
