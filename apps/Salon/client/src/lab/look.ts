import type { Technique } from "./contract";

export type Shape = "circle" | "square" | "triangle" | "diamond" | "cross" | "plus";

/** How a technique looks: never by its colour alone. The colours are in lab.css. */
export const look: Record<Technique, { color: string; shape: Shape }> = {
  polling: { color: "--lab-polling", shape: "circle" },
  "long-polling": { color: "--lab-long-polling", shape: "square" },
  sse: { color: "--lab-sse", shape: "triangle" },
  websocket: { color: "--lab-websocket", shape: "diamond" },
  "socketio-polling": { color: "--lab-socketio-polling", shape: "cross" },
  "socketio-websocket": { color: "--lab-socketio-websocket", shape: "plus" },
};

/** The outline of a shape around 0, about 10 wide; crosses are strokes, the others filled. */
export const outlines: Record<Shape, { path: string; isStroke: boolean }> = {
  circle: { path: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", isStroke: false },
  square: { path: "M-4 -4h8v8h-8z", isStroke: false },
  triangle: { path: "M0 -5l5 9h-10z", isStroke: false },
  diamond: { path: "M0 -5l5 5l-5 5l-5 -5z", isStroke: false },
  cross: { path: "M-4 -4l8 8M4 -4l-8 8", isStroke: true },
  plus: { path: "M0 -5v10M-5 0h10", isStroke: true },
};
