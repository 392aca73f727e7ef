import type { Session } from "../contract";
import type { StreamState } from "./eventStream";

/** How the stream is, in one word. */
export type Health = "connecting" | "live" | "stale" | "lost" | "closed";

/** For how long an open market may say nothing. */
export const staleAfter = 5_000;

export function healthOf(state: StreamState, isLoaded: boolean, session: Session, isSilent: boolean): Health {
  if (state.kind === "lost") return "lost";
  if (state.kind === "connecting" || !isLoaded) return "connecting";
  if (session === "closed") return "closed";
  return isSilent ? "stale" : "live";
}
