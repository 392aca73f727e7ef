/** What the page advises: the techniques of the lab, with Socket.IO as one, and webhooks. */
export type Advice = "polling" | "long-polling" | "sse" | "websocket" | "socketio" | "webhook";

export interface Answers {
  receiver: "page" | "server";
  freshness: "minutes" | "seconds" | "now";
  direction: "down" | "both";
  rooms: "yes" | "no";
  proxies: "yes" | "no";
}

/** Why: each is a sentence in the texts. */
export type Reason =
  | "server" | "minutes" | "downOnly" | "resume" | "bothWays" | "roomsNeeded" | "fallback" | "lean" | "oldProxies" | "soon";

/** Questions in the order in which they are asked; one that no longer matters is not asked. */
export function questionsFor(answers: Partial<Answers>): (keyof Answers)[] {
  if (answers.receiver === "server") return ["receiver"];
  if (answers.freshness === "minutes") return ["receiver", "freshness"];
  return ["receiver", "freshness", "direction", "rooms", "proxies"];
}

/** The advice with its reasons, best first; `null` until every question that matters is answered. */
export function advise(answers: Partial<Answers>): { advice: Advice; reasons: Reason[]; second: Advice } | null {
  if (questionsFor(answers).some((question) => answers[question] === undefined)) return null;
  if (answers.receiver === "server") return { advice: "webhook", reasons: ["server"], second: "websocket" };
  if (answers.freshness === "minutes") return { advice: "polling", reasons: ["minutes"], second: "sse" };

  if (answers.rooms === "yes") {
    return { advice: "socketio", reasons: answers.proxies === "yes" ? ["roomsNeeded", "fallback"] : ["roomsNeeded"], second: answers.direction === "both" ? "websocket" : "sse" };
  }

  if (answers.direction === "both") {
    return answers.proxies === "yes"
      ? { advice: "socketio", reasons: ["bothWays", "fallback"], second: "long-polling" }
      : { advice: "websocket", reasons: ["bothWays", "lean"], second: "socketio" };
  }

  return answers.proxies === "yes"
    ? { advice: "long-polling", reasons: ["downOnly", "oldProxies"], second: "sse" }
    : { advice: "sse", reasons: answers.freshness === "seconds" ? ["downOnly", "resume", "soon"] : ["downOnly", "resume"], second: "websocket" };
}
