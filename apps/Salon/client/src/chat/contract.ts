// What the page and the server say to each other: docs/protocol/chat.md.

export interface Message {
  room: string;
  seq: number;
  id: string;
  username: string;
  text: string;
  time: string;
  clientMsgId?: string;
  /** Whether another program said it, over Redis. */
  external?: boolean;
}

export interface Presence {
  room: string;
  members: string[];
}

/** Of a room with many people. */
export interface PresenceChanged {
  room: string;
  joined: string[];
  left: string[];
  members: number;
}

export interface Typing {
  room: string;
  username: string;
  on: boolean;
}

export interface Notification {
  room: string;
  message: string;
  time: string;
  kind?: "joined" | "left" | "external";
  username?: string;
}

export interface RoomSummary {
  room: string;
  members: number;
}

export interface Failure {
  ok: false;
  error: { code: string; message: string; retryAfter?: number };
}

export type Reply<T> = ({ ok: true } & T) | Failure;

export interface Joined {
  room: string;
  seq: number;
  members: string[];
  messages: Message[];
  hasMore: boolean;
}

export interface History {
  room: string;
  messages: Message[];
  hasMore: boolean;
}

export interface Sent {
  seq: number;
  id: string;
  time: string;
}

type Request<Q, A> = (request: Q, answer: (reply: Reply<A>) => void) => void;

export interface ClientEvents {
  "room:list": Request<{ after?: string }, { rooms: RoomSummary[]; hasMore: boolean }>;
  "room:join": Request<{ room: string; since?: number }, Joined>;
  "room:leave": Request<{ room: string }, object>;
  "room:history": Request<{ room: string; before?: number; since?: number; limit: number }, History>;
  "message:send": Request<{ room: string; text: string; clientMsgId: string }, Sent>;
  typing: (request: { room: string; on: boolean }) => void;
}

export interface ServerEvents {
  message: (message: Message) => void;
  presence: (presence: Presence) => void;
  "presence:changed": (changes: PresenceChanged) => void;
  typing: (typing: Typing) => void;
  notification: (notification: Notification) => void;
}

export const limits = { username: 32, room: 50, message: 5000, historyPage: 50, gap: 200, roomPages: 50 };
