// node matrix.mjs <package> <version> <server>: each of the nineteen checks over each transport; prints a line of JSON for each.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [name, version, server] = process.argv.slice(2);
const library = await import(name);
const io = library.io ?? library.default;
const folder = createRequire(import.meta.url).resolve(name).replace(new RegExp(`(node_modules/${name}/).*`), "$1");
assert.equal(JSON.parse(readFileSync(folder + "package.json", "utf8")).version, version);

const isOld = version < "3";
const kinds = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };
const patience = 15_000;
let kind;
let opened = [];

function open(namespace = "/", more = {}) {
  const socket = io(server + namespace, { transports: kinds[kind], forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: 200, ...more });
  opened.push(socket);
  return socket;
}

async function connect(namespace, more) {
  const socket = open(namespace, more);
  await event(socket, "connect");
  return socket;
}

/** The arguments of the next event of this name. */
const event = (socket, name) => new Promise((resolve) => socket.once(name, (...args) => resolve(args)));
const ask = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...answer) => resolve(answer)));
const isWebSocket = (socket) => socket.io.engine.transport.name === "websocket";

async function upgrade(socket) {
  if (kind === "upgrade" && !isWebSocket(socket)) await new Promise((resolve) => socket.io.engine.once("upgrade", resolve));
  assert.equal(isWebSocket(socket), kind !== "polling");
}

async function repeat(...args) {
  const socket = await connect();
  const repeated = event(socket, "repeated");
  socket.emit("repeat", ...args);
  return repeated;
}

const bytes = (size) => Buffer.from(Array.from({ length: size }, (_, i) => i & 255));
const equalBytes = (actual, expected) => assert.ok(expected.equals(Buffer.from(actual)), "other bytes");

const checks = {
  async connect() {
    const socket = await connect();
    assert.equal(socket.connected, true);
    assert.deepEqual(await ask(socket, "my id"), [socket.id]);
    await upgrade(socket);
  },

  async "auth payload"() {
    if (isOld) return "its protocol has none; the query in the namespace's URL takes its place";
    const socket = await connect("/guarded", { auth: { token: "secret" } });
    assert.deepEqual(await ask(socket, "who am I"), ["secret"]);
  },

  async "custom namespace"() {
    const socket = await connect("/plain");
    const prefix = version < "2" ? "/plain#" : ""; // This client knows the id of its connection alone.
    assert.deepEqual(await ask(socket, "my id"), [prefix + socket.id]);
  },

  async "connect error"() {
    const main = await connect();
    const refused = main.io.socket("/guarded");
    const [error] = await event(refused, isOld ? "error" : "connect_error");
    if (!isOld) assert.equal(error.message, "not authorized");
    assert.deepEqual(isOld ? error : error.data, { code: 401 });
    assert.equal(main.connected, true);
  },

  async event() {
    const socket = await connect();
    const back = event(socket, "back");
    socket.emit("send back", 7);
    assert.deepEqual(await back, [7]);
  },

  async "event with several arguments"() {
    const values = [1, "two", { three: [3, null] }, [true, 4.5], ""];
    assert.deepEqual(await repeat(...values), values);
  },

  async "binary both ways"() {
    const [first, text, second] = await repeat(bytes(1), "between", bytes(100_000));
    equalBytes(first, bytes(1));
    assert.equal(text, "between");
    equalBytes(second, bytes(100_000));
  },

  async "nested binary"() {
    const [value] = await repeat({ deep: [{ data: bytes(300) }, { more: { data: bytes(5) } }], name: "nested" });
    equalBytes(value.deep[0].data, bytes(300));
    equalBytes(value.deep[1].more.data, bytes(5));
    assert.equal(value.name, "nested");
  },

  async "ack from the server"() {
    assert.deepEqual(await ask(await connect(), "echo", "a", 2), [["a", 2]]);
  },

  async "ack from the client"() {
    const socket = await connect();
    socket.on("question", (a, b, answer) => answer(a + b));
    assert.deepEqual(await ask(socket, "ask me", 40, 2), [42]);
  },

  async "ack with binary"() {
    const socket = await connect();
    socket.on("bytes", (data, answer) => answer(Buffer.concat([Buffer.from(data), bytes(3)])));
    equalBytes((await ask(socket, "echo", bytes(50)))[0][0], bytes(50));
    equalBytes((await ask(socket, "ask for bytes", bytes(9)))[0], Buffer.concat([bytes(9), bytes(3)]));
  },

  async "broadcast to a room"() {
    const [a, b, c] = await Promise.all([connect(), connect(), connect()]);
    const heard = [];
    for (const [name, socket] of Object.entries({ a, b, c })) socket.on("said", (text) => heard.push(`${name} ${text}`));
    await Promise.all([ask(a, "join", "room"), ask(b, "join", "room")]);
    const arrived = Promise.all([event(a, "said"), event(b, "said")]);
    await ask(c, "say", "room", "hello");
    await arrived;
    await Promise.all([a, b, c].map((socket) => ask(socket, "echo")));
    assert.deepEqual(heard.sort(), ["a hello", "b hello"]);
  },

  async "leaving a namespace"() {
    const main = await connect();
    const other = main.io.socket("/plain");
    if (!other.connected) await event(other, "connect");
    const [id] = await ask(other, "my id");
    other.disconnect();
    while (!(await ask(main, "who left"))[0].includes(`${id}: client namespace disconnect`));
    assert.equal(main.connected, true);
  },

  async "server disconnect"() {
    const socket = await connect();
    const gone = event(socket, "disconnect");
    socket.emit("send me away");
    assert.equal((await gone)[0], "io server disconnect");
  },

  async "a large message"() {
    const text = "x".repeat(999_000);
    assert.ok((await repeat(text))[0] === text);
  },

  async unicode() {
    const values = ["é€😀", "👩‍👩‍👧‍👦 𝄞 \u2028 \u0000 \" \\ ñ", "日本語 עברית हिन्दी"];
    assert.deepEqual(await repeat(...values, { "clé 😀": 1 }), [...values, { "clé 😀": 1 }]);
  },

  async "order of 100 events"() {
    const socket = await connect();
    const received = [];
    const all = new Promise((resolve) => socket.on("back", (n) => received.push(n) === 100 && resolve()));
    for (let i = 0; i < 100; i++) socket.emit("send back", i);
    await all;
    assert.deepEqual(received, Array.from({ length: 100 }, (_, i) => i));
  },

  async "traffic during the upgrade"() {
    const socket = open(); // The upgrade may be over before the namespace has answered; what is emitted meanwhile waits for it.
    assert.equal(isWebSocket(socket), false);
    const upgraded = new Promise((resolve) => socket.io.engine.once("upgrade", resolve));
    const received = [];
    let sent = 0;
    socket.on("back", (n) => received.push(n));
    const timer = setInterval(() => socket.emit("send back", sent++), 1);
    await upgraded;
    const target = sent + 20;
    while (sent < target) await event(socket, "back");
    clearInterval(timer);
    while (received.length < sent) await event(socket, "back");
    assert.deepEqual(received, Array.from({ length: sent }, (_, i) => i));
  },

  async "reconnection after a restart"() {
    const socket = await connect();
    await upgrade(socket);
    const again = event(socket, "connect");
    socket.emit("restart the server");
    await again;
    assert.deepEqual(await ask(socket, "echo", "hello"), [["hello"]]);
  },
};

function limit(running) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("took too long")), patience)));
  return Promise.race([running, late]).finally(() => clearTimeout(timer));
}

async function run(check) {
  try {
    const reason = await limit(checks[check]());
    return reason ? { result: "cannot", reason } : { result: "yes" };
  } catch (error) {
    return { result: "no", reason: error.stack };
  }
}

for (kind of Object.keys(kinds)) {
  for (const check of Object.keys(checks)) {
    if (check === "traffic during the upgrade" && kind !== "upgrade") continue;
    console.log(JSON.stringify({ transport: kind, check, ...(await run(check)) }));
    for (const socket of opened) socket.io.reconnection(false), socket.disconnect();
    opened = [];
  }
}
process.exit(0);
