import type { Technique } from "../contract";
import { EventStreamReader } from "./eventStream";
import { Poller } from "./polling";
import type { Reader, Sink } from "./reader";
import { SocketIOReader } from "./socketIO";
import { WebSocketReader } from "./webSocket";

const longPollSeconds = 25;

/** Begins to read a run by a technique. */
export function openReader(technique: Technique, run: string, pollPause: () => number, sink: Sink): Reader {
  const path = `/lab/runs/${run}`;

  switch (technique) {
    case "polling":
      return new Poller(path, 0, pollPause, sink);
    case "long-polling":
      return new Poller(path, longPollSeconds, () => 0, sink);
    case "sse":
      return new EventStreamReader(path, sink);
    case "websocket":
      return new WebSocketReader(path, sink);
    case "socketio-polling":
      return new SocketIOReader(run, "polling", sink);
    case "socketio-websocket":
      return new SocketIOReader(run, "websocket", sink);
  }
}
