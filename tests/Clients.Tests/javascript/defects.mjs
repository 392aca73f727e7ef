// node defects.mjs <server> <name>: ends with 0 where the defect of the reference server is not there.
import assert from "node:assert/strict";
import WebSocket from "ws";
import { io } from "socket.io-client";

const [server, name] = process.argv.slice(2);
const path = `${server}/socket.io/?EIO=4&transport=`;
const event = (socket, name) => new Promise((resolve) => socket.once(name, (...args) => resolve(args)));
const soon = (promise, time = 1000) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("nothing happened")), time))]);
const open = (options = {}) => io(server, { transports: ["websocket"], forceNew: true, ...options });

/** Opens a WebSocket: its messages, and how it ended. */
function openWebSocket(query = "EIO=4&transport=websocket", options = {}) {
  const socket = new WebSocket(`${server.replace("http", "ws")}/socket.io/?${query}`, options);
  const messages = [];
  const waiting = [];
  socket.on("message", (data) => {
    messages.push(data.toString());
    waiting.shift()?.();
  });
  socket.on("error", () => {});
  return {
    socket,
    messages,
    closed: new Promise((resolve) => socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }))),
    response: new Promise((resolve) => ["upgrade", "unexpected-response"].forEach((kind) => socket.on(kind, (a, b) => resolve(b ?? a)))),
    async receive(prefix) {
      for (;;) {
        const index = messages.findIndex((message) => message.startsWith(prefix));
        if (index >= 0) return messages.splice(index, 1)[0];
        await soon(new Promise((resolve) => waiting.push(resolve)));
      }
    },
  };
}

async function openPolling() {
  const sid = JSON.parse((await (await fetch(path + "polling")).text()).slice(1)).sid;
  const url = `${path}polling&sid=${sid}`;
  return {
    url,
    post: (body) => fetch(url, { method: "POST", body }),
    /** Polls until the packets match, or a second is over. */
    async receive(enough) {
      const packets = [];
      const end = Date.now() + 1000;
      while (!enough(packets) && Date.now() < end) {
        const text = await soon(fetch(url).then((response) => response.text())).catch(() => null);
        if (text === null) break;
        for (const packet of text.split("\x1e")) {
          if (packet === "2") await fetch(url, { method: "POST", body: "3" });
          else packets.push(packet);
        }
      }
      return packets;
    },
  };
}

const defects = {
  async "1: a close packet on a WebSocket is ignored"() {
    const { socket, closed, receive } = openWebSocket();
    await receive("0");
    socket.send("1");
    await soon(closed);
  },

  async "2: a wrong version is told as HTTP inside a WebSocket"() {
    const { response } = openWebSocket("EIO=3&transport=websocket");
    assert.equal((await soon(response)).statusCode, 400);
  },

  async "3: a forbidden WebSocket is told as 400, and none is told why it closes"() {
    const { response } = openWebSocket("EIO=4&transport=websocket&forbidden=1");
    assert.equal((await soon(response)).statusCode, 403);
    const other = openWebSocket();
    await other.receive("0");
    other.socket.send("what?");
    const { code, reason } = await soon(other.closed);
    assert.notEqual(code, 1005);
    assert.equal(reason, "parse error");
  },

  async "4: a malformed POST is answered ok"() {
    const { post } = await openPolling();
    assert.equal((await post("nonsense")).status, 400);
  },

  async "5: two CONNECTs in one payload make two sockets"() {
    const { post, receive } = await openPolling();
    await post("40\x1e40");
    const packets = await receive((packets) => packets.filter((packet) => packet.startsWith("40{")).length === 2);
    assert.equal(packets.filter((packet) => packet.startsWith("40{")).length, 1);
  },

  async "6: what is on its way to a namespace that was left closes the connection"() {
    const { post, receive } = await openPolling();
    await post("40");
    await post("40/foo,");
    await receive((packets) => packets.some((packet) => packet.startsWith("40/foo,{")));
    await post("41/foo,");
    await post('42/foo,["getId"]');
    await post('42["hi"]');
    assert.ok((await receive((packets) => packets.some((packet) => packet.startsWith('42["hi"')))).some((packet) => packet.startsWith('42["hi"')));
  },

  async "7: what is emitted after a disconnect is sent"() {
    const { socket, closed, receive, messages } = openWebSocket();
    await receive("0");
    socket.send("40");
    await receive("40{");
    socket.send('42["leave, then emit"]');
    await soon(closed);
    assert.equal(messages.some((message) => message.includes("ghost")), false);
  },

  async "8: a question to who has left waits for ever"() {
    const [asked, watching] = [open(), open()];
    await event(watching, "connect");
    asked.emit("ask", "8");
    await event(asked, "question");
    asked.disconnect();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(await watching.emitWithAck("outcome", "8"), "failed");
  },

  async "9: a question to many without a timeout fails after a millisecond"() {
    const socket = open();
    socket.on("question", (callback) => setTimeout(callback, 100, 1));
    await event(socket, "connect");
    await socket.emitWithAck("join", "asked");
    assert.equal(await socket.emitWithAck("ask the room"), 1);
  },

  async "10: a private id lets a second connection in beside the first"() {
    const connect = async (auth) => {
      const client = openWebSocket();
      await client.receive("0");
      client.socket.send("40" + JSON.stringify(auth));
      return { ...client, ...JSON.parse((await client.receive("40{")).slice(2)) };
    };
    const first = await connect({});
    first.socket.send('42["hi"]');
    const offset = JSON.parse((await first.receive('42["hi"')).slice(2)).at(-1);
    first.socket.terminate();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const second = await connect({ pid: first.pid, offset });
    assert.equal(second.sid, first.sid);
    await connect({ pid: first.pid, offset });
    await soon(second.closed);
  },

  async "13: a WebSocket's handshake sets no cookie"() {
    const { response } = openWebSocket();
    assert.match(String((await soon(response)).headers["set-cookie"]), /^io=[^;]+; path=\/; samesite=lax; httponly$/i);
  },

  async "14: io.emitWithAck is documented and missing"() {
    const socket = open();
    socket.on("question", (callback) => callback(1));
    await event(socket, "connect");
    assert.equal(typeof (await socket.emitWithAck("ask all")), "number");
  },

  async "16: whoever learns a session's id can use it from any page"() {
    const { url, post } = await openPolling();
    await post("40");
    assert.equal((await fetch(url, { headers: { Origin: "https://evil.example" } })).status, 403);
  },
};

try {
  await Promise.race([defects[name](), new Promise((_, reject) => setTimeout(() => reject(new Error("took too long")), 10_000))]);
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
