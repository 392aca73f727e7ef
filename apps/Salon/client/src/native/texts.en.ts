import { plural } from "../shared/plural";

const count = (n: number, one: string, other: string) => plural("en", n, { one, other });

export const en = {
  title: "A chat over a bare WebSocket",
  lead: "Nothing but the browser’s WebSocket on one side and ASP.NET Core’s on the other. Open this page in a second window, talk to yourself, and watch every frame go by; the script that does it stands below.",
  chat: "The chat",
  name: "Your name",
  join: "Join",
  nameHint: "Others will see it beside what you write.",
  problems: {
    empty: "A name needs at least one character.",
    tooLong: "A name has at most 32 characters.",
    hidden: "A name cannot hold characters that nobody can see.",
    invalid_name: "This name cannot be used.",
    name_taken: "Somebody else has this name. Choose another.",
    other: "The server refused the name.",
  },
  status: {
    connecting: "Connecting…",
    online: "Connected",
    offline: (code: number) => `Connection lost (${code}).`,
    next: (seconds: number) => count(seconds, "Next try in # second.", "Next try in # seconds."),
    closed: (code: number) => `Continued in another place (${code}).`,
  },
  cut: "Cut the connection",
  people: (n: number) => count(n, "# person here", "# people here"),
  you: "you",
  messages: "Messages",
  nothing: "Nothing has been said yet.",
  placeholder: "Say something",
  send: "Send",
  waiting: "on its way",
  full: "Wait until what you wrote is sent.",
  failures: {
    rate_limited: "Too fast: it is sent again in a moment.",
    too_long: "A message has at most 2,000 characters.",
    empty: "A message needs text.",
    invalid_text: "The message holds half a character, or a letter with too many marks.",
    invalid_frame: "The server could not read the message.",
    other: "The server refused that.",
  },
  frames: "On the wire",
  framesHint: "The newest 100 frames; the newest last.",
  framesEmpty: "Join, and the frames appear here.",
  clear: "Clear",
  sent: "sent",
  received: "received",
  script: "The script, all of it",
  scriptHint: "These are the sixty lines that run on this page, read from the very file:",
  scriptFailed: "The script could not be loaded. Reload the page.",
  sections: [
    {
      title: "What outlives a connection",
      text: [
        "Connections come and go; a chat is more. So the state stands outside: the session, a random secret that proves after a lost connection that you are you, and what you wrote that the server has not confirmed yet.",
        "The page gives a name and a few callbacks (on); how things look is not the script’s concern.",
      ],
    },
    {
      title: "Connect",
      text: [
        "A WebSocket begins as an HTTP request to the same origin, ws:// for http:// and wss:// for https://. The browser adds the header Origin, and the server checks it before it agrees: another site’s page cannot speak for you.",
        "The name and the secret go into the first frame, never into the address: addresses end up in logs. Whatever goes wrong ends in onclose, so onerror is not needed.",
      ],
    },
    {
      title: "Send and receive",
      text: [
        "A WebSocket carries texts and knows no meaning. Ours: JSON objects told apart by their type. The last line hands each one to the callback of the same name.",
        "An answer with retryAfter means “too fast”: what waits is tried again then.",
      ],
    },
    {
      title: "Say it once, and surely",
      text: [
        "send() only means that the browser took it. So each message gets an id, and is forgotten only when it comes back from the server, or is refused. After a reconnection it is sent again; the server knows the id and says it once.",
        "One at a time: so what you wrote stays in order, and a long queue does not run into the rate limit.",
      ],
    },
    {
      title: "Notice a dead server",
      text: [
        "A connection can be dead without anybody saying so: a cable pulled, a router restarted. The server pings with the protocol’s own ping frames, which the browser answers by itself, but shows to no script. So the page asks too.",
        "Only an unanswered question counts, never the time alone: in a hidden tab, timers come late.",
      ],
    },
    {
      title: "Come back",
      text: [
        "Wait twice as long each time, up to 15 seconds; and draw a lot about half of it, or all clients of a server that restarts come back in the same instant and throw it over again.",
        "Two codes mean “stay away”: this client goes on elsewhere, or its name is somebody else’s now.",
      ],
    },
  ],
  server: "And the server?",
  serverText: [
    "In ASP.NET Core it begins with AcceptWebSocketAsync and two loops for each connection: one reads, one sends. What makes it a server for strangers is the rest, all of which you can try out here:",
  ],
  rules: [
    ["1001", "The server stops: come back in a moment."],
    ["1003", "Binary frames, where text is due."],
    ["1007", "Text that is not UTF-8."],
    ["1008", "Too many refused frames, or no name within 10 seconds."],
    ["1009", "A frame of more than 64 KiB."],
    ["1013", "A reader too slow: more than 1 MiB waits for it."],
    ["4001", "The same session came back on another connection."],
    ["4002", "The name went to somebody on another node."],
  ] as [string, string][],
  rulesCode: "Code",
  rulesMeaning: "Why the server closes",
  more: "Rooms, acknowledgements, a fallback where WebSockets are blocked: from here on you would write Socket.IO yourself.",
  moreLink: "See the big chat",
};
