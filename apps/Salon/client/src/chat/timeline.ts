import type { Message } from "./contract";

/** Something in a room that is not kept: somebody came or went. */
export interface Notice {
  id: string;
  time: string;
  kind?: "joined" | "left" | "external";
  username?: string;
  message: string;
}

export interface Group {
  kind: "group";
  id: string;
  username: string;
  time: string;
  messages: Message[];
}

export type Entry =
  | Group
  | { kind: "day"; id: string; time: string }
  | { kind: "unread"; id: string }
  | { kind: "notice"; id: string; notice: Notice };

const groupFor = 5 * 60_000;

/**
 * What a room shows: days, and the messages of one person within five minutes together; quiet lines between them where they belong.
 * Above the first message after `readUpTo`, a line says what is new.
 */
export function toTimeline(messages: readonly Message[], notices: readonly Notice[], readUpTo: number | null): Entry[] {
  const entries: Entry[] = [];
  let day = "";
  let next = 0;

  const openDay = (time: string) => {
    const date = new Date(time).toDateString();
    if (date !== day) entries.push({ kind: "day", id: `day ${date}`, time });
    day = date;
  };

  const takeNotices = (until: string | null) => {
    for (let notice = notices[next]; notice && (until === null || notice.time <= until); notice = notices[++next]) {
      openDay(notice.time);
      entries.push({ kind: "notice", id: notice.id, notice });
    }
  };

  messages.forEach((message, index) => {
    takeNotices(message.time);
    openDay(message.time);

    const previous = messages[index - 1];
    if (readUpTo !== null && message.seq > readUpTo && previous && previous.seq <= readUpTo) {
      entries.push({ kind: "unread", id: "unread" });
    }

    const last = entries[entries.length - 1];
    if (last?.kind === "group" && continues(last, message)) {
      last.messages.push(message);
    } else {
      entries.push({ kind: "group", id: message.id, username: message.username, time: message.time, messages: [message] });
    }
  });

  takeNotices(null);
  return entries;
}

function continues(group: Group, message: Message): boolean {
  const previous = group.messages[group.messages.length - 1]!;
  return group.username === message.username && previous.external === message.external && Date.parse(message.time) - Date.parse(previous.time) < groupFor;
}
