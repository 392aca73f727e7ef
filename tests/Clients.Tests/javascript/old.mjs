// node old.mjs <scenario> <server> <polling|websocket|upgrade>: ends with 0 when socket.io-client 2.5.0 got what it should.
import assert from "node:assert/strict";
import io from "socket.io-client-2";
import { io as current } from "socket.io-client";

const [scenario, server, kind] = process.argv.slice(2);
const transports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] }[kind];
const options = { transports, forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 10 };

async function connect(namespace = "/", more = {}) {
  const socket = io(server + namespace, { ...options, ...more });
  await event(socket, "connect");
  return socket;
}

const event = (socket, name) => new Promise((resolve) => socket.once(name, (...args) => resolve(args)));
const ask = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...answer) => resolve(answer)));

const echo = async (socket, ...args) => (await ask(socket, "echo", ...args))[0];

const scenarios = {
  async "text and binary come back"() {
    const socket = await connect();
    for (const value of ["", "é€😀", 1.5, null, true, [], { a: { b: [1, "2"] } }]) {
      assert.deepEqual(await echo(socket, value), [value]);
    }
    for (const size of [1, 1000, 300_000]) {
      const data = Buffer.from(Array.from({ length: size }, (_, i) => i & 255));
      const [back, nested] = await echo(socket, data, { deep: [{ data }] });
      assert.ok(data.equals(Buffer.from(back)));
      assert.ok(data.equals(Buffer.from(nested.deep[0].data)));
    }
  },

  async "events keep their order"() {
    const socket = await connect();
    const received = [];
    socket.on("back", (n) => received.push(n));
    for (let i = 0; i < 1000; i++) socket.emit("send back", i);
    while (received.length < 1000) await event(socket, "back");
    assert.deepEqual(received, Array.from({ length: 1000 }, (_, i) => i));
  },

  async "the server asks and the client answers"() {
    const socket = await connect();
    socket.on("question", (a, b, answer) => answer(a + b, Buffer.from([7])));
    assert.deepEqual(await ask(socket, "ask me", 40, 2), [42]);
  },

  async "both sides know the same id"() {
    const socket = await connect();
    assert.deepEqual(await ask(socket, "my id"), [socket.id]);
    const other = socket.io.socket("/guarded", { query: { token: "secret" } });
    await event(other, "connect");
    assert.deepEqual(await ask(other, "my id"), [other.id]);
    assert.equal(other.id, "/guarded#" + socket.id);
  },

  async "a namespace takes its query as auth, or refuses it"() {
    const main = await connect();
    const other = io(server + "/guarded?token=secret", { ...options });
    await event(other, "connect");
    assert.deepEqual(await ask(other, "who am I"), ["secret"]);
    assert.deepEqual(await event(io(server + "/guarded?token=wrong", options), "error"), [{ code: 401 }]);
    assert.deepEqual(await event(main.io.socket("/nowhere"), "error"), ["Invalid namespace"]);
    assert.equal(main.connected, true);
  },

  async "old and new clients share a room"() {
    const old = await connect();
    const fresh = current(server, { transports, forceNew: true });
    await event(fresh, "connect");
    await ask(old, "join", "room");
    await fresh.emitWithAck("join", "room");
    const heard = [event(old, "said"), event(fresh, "said")];
    await ask(old, "say", "room", "hello");
    assert.deepEqual(await Promise.all(heard), [["hello"], ["hello"]]);
    const seen = [event(old, "shown"), event(fresh, "shown")];
    fresh.emit("show", "room", { picture: Buffer.from([1, 2, 3]) });
    for (const [{ picture }] of await Promise.all(seen)) assert.ok(Buffer.from([1, 2, 3]).equals(Buffer.from(picture)));
  },

  async "a lost connection comes back by itself"() {
    const socket = await connect();
    const first = socket.id;
    socket.emit("drop the connection");
    await event(socket, "disconnect");
    await event(socket, "connect");
    assert.notEqual(socket.id, first);
    assert.deepEqual(await echo(socket, "back"), ["back"]);
  },

  async "being sent away ends it"() {
    const socket = await connect();
    socket.emit("send me away");
    assert.deepEqual(await event(socket, "disconnect"), ["io server disconnect"]);
  },

  async "the heartbeat holds a quiet connection"() {
    const socket = await connect();
    let pongs = 0;
    socket.on("pong", () => pongs++);
    while (pongs < 3) await event(socket, "pong");
    assert.deepEqual(await echo(socket, 1), [1]);
  },

  async "polling becomes a websocket without losing anything"() {
    const socket = await connect();
    const received = [];
    socket.on("back", (n) => received.push(n));
    let upgraded = socket.io.engine.transport.name === "websocket";
    socket.io.engine.on("upgrade", () => (upgraded = true));
    for (let i = 0; i < 300; i++) {
      socket.emit("send back", i);
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    while (received.length < 300) await event(socket, "back");
    while (!upgraded && kind === "upgrade") await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(received, Array.from({ length: 300 }, (_, i) => i));
  },
};

const deadline = setTimeout(() => {
  console.error("took too long");
  process.exit(2);
}, 20_000);

try {
  await scenarios[scenario]();
  clearTimeout(deadline);
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
