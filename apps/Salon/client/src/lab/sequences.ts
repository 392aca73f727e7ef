/** An arrow of a sequence diagram: to the right, to the left, or nothing but time that passes. */
export type Step = "right" | "left" | "wait" | "break";

/** The arrows of each lesson; what is written on them is in the texts, one for each. */
export const sequences = {
  polling: ["right", "left", "wait", "right", "left"],
  "long-polling": ["right", "wait", "left", "right", "wait"],
  sse: ["right", "left", "left", "break", "right", "left"],
  websocket: ["right", "left", "left", "left", "right"],
  "socketio-polling": ["right", "left", "right", "right", "left"],
  "socketio-websocket": ["right", "left", "right", "left", "left"],
  webhook: ["right", "left", "wait", "right", "left"],
} as const satisfies Record<string, readonly Step[]>;
