// What the server says; docs/protocol/lab.md describes it.

export const techniques = ["polling", "long-polling", "sse", "websocket", "socketio-polling", "socketio-websocket"] as const;
export type Technique = (typeof techniques)[number];

export interface Settings {
  rate: number;
  payload: number;
  delay: number;
  loss: number;
}

/** What the network has carried; without the numbers where the server cannot count it. */
export interface Traffic {
  requests: number;
  delivered: number;
  connections?: number;
  bytesIn?: number;
  bytesOut?: number;
  packetsIn?: number;
  packetsOut?: number;
  wireBytes?: number;
}

export interface ProcessorReport {
  state: "running" | "done" | "failed";
  clients: number;
  rate: number;
  idle?: number;
  current?: Technique;
  techniques: Partial<Record<Technique, { messages: number; milliseconds: number; perThousand: number }>>;
}

export interface Report {
  id: string;
  epoch: string;
  head: number;
  time: number;
  phase: "open" | "cut" | "restarting";
  phaseLeft: number;
  settings: Settings;
  techniques: Record<Technique, Traffic>;
  page: Traffic;
  processor?: ProcessorReport;
}

export interface Message {
  seq: number;
  time: number;
}

/** Who wants to be told by webhook, and what the webhooks are signed with. */
export interface Registration {
  url: string;
  secret: string;
}

export interface WebhookEntry {
  kind: "event" | "attempt" | "received";
  id: string;
  time: number;
  attempt?: number;
  status?: number;
  retryIn?: number;
  elapsed?: number;
}

export const limits = { rate: [1, 100], payload: [0, 4_096], delay: [0, 1_000], loss: [0, 100], clients: [1, 50], interval: [100, 5_000] } as const;
