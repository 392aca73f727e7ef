// 1
export function openChat(name, on) {
  const session = randomText();
  const unsent = new Map();
  let socket, pulse, retry, asked, heard, isJoined = false, attempt = 0;

  // 2
  function connect() {
    on.status("connecting");
    [asked, heard] = [Date.now(), 0];
    pulse = setInterval(check, 2_000);
    socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/ws/chat");
    socket.onopen = () => send({ type: "join", name, session });
    socket.onmessage = (event) => receive(event.data);
    socket.onclose = (event) => lost(event.code, event.reason);
  }

  // 3
  function send(frame) {
    const text = JSON.stringify(frame);
    socket.send(text);
    on.frame("out", text);
  }
  function receive(text) {
    const frame = JSON.parse(text);
    heard = Date.now();
    on.frame("in", text);
    if (frame.type === "welcome") [isJoined, attempt] = [true, 0];
    if (frame.type === "welcome" || (!frame.retryAfter && unsent.delete(frame.id))) sendNext();
    if (frame.retryAfter) setTimeout(sendNext, frame.retryAfter * 1_000);
    on[frame.type]?.(frame);
  }

  // 4
  function say(text) {
    const frame = { type: "message", id: randomText(), text };
    if (unsent.set(frame.id, frame).size === 1) sendNext();
    return frame.id;
  }
  function sendNext() {
    const [frame] = unsent.values();
    if (frame && isJoined) send(frame);
  }

  // 5
  function check() {
    const isUnanswered = asked > heard;
    if (isUnanswered && Date.now() - asked > 8_000) return lost(1006, "silence");
    if (isUnanswered || Date.now() - heard < 4_000) return;
    asked = Date.now();
    send({ type: "ping" });
  }

  // 6
  function lost(code, reason) {
    stop();
    const wait = Math.min(15_000, 500 * 2 ** attempt++) * (0.5 + Math.random() / 2);
    if (code === 4001 || code === 4002) return on.status("closed", { code, reason });
    on.status("offline", { code, reason, wait });
    retry = setTimeout(connect, wait);
  }
  function stop() {
    [isJoined, socket.onmessage, socket.onclose] = [false, null, null];
    clearInterval(pulse);
    clearTimeout(retry);
    socket.close();
  }

  connect();
  return { say, stop, cut: () => lost(1006, "cut") };
}

const randomText = () => crypto.getRandomValues(new Uint32Array(4)).join("-");
