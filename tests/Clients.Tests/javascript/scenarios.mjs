// node scenarios.mjs <scenario> <server> <polling|websocket|upgrade> [msgpack]: ends with 0 when the official client got what it should.
import assert from "node:assert/strict";
import { once } from "node:events";
import { io } from "socket.io-client";
import msgpack from "socket.io-msgpack-parser";

const [scenario, server, kind, form] = process.argv.slice(2);
const parser = form === "msgpack" ? { parser: msgpack } : {};
const transports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] }[kind];

function open(namespace = "/", options = {}) {
  return io(server + namespace, { transports, forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 10, ...parser, ...options });
}

async function connect(namespace, options) {
  const socket = open(namespace, options);
  await event(socket, "connect");
  return socket;
}

/** The arguments of the next event of this name. */
const event = (socket, name) => new Promise((resolve) => socket.once(name, (...args) => resolve(args)));

const scenarios = {
  async "text and binary come back"() {
    const socket = await connect();
    for (const value of ["", "é€😀", 1.5, null, true, [], { a: { b: [1, "2"] } }]) {
      const [back] = await socket.emitWithAck("echo", value);
      assert.deepEqual(back, value);
    }
    for (const size of [0, 1, 1000, 300_000]) {
      const data = Buffer.from(Array.from({ length: size }, (_, i) => i & 255));
      const [back, nested] = await socket.emitWithAck("echo", data, { deep: [{ data }] });
      assert.ok(data.equals(Buffer.from(back)));
      assert.ok(data.equals(Buffer.from(nested.deep[0].data)));
    }
  },

  async "events without acks keep their order"() {
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
    assert.equal(await socket.emitWithAck("ask me", 40, 2), 42);
  },

  async "errors have a code"() {
    const socket = await connect();
    for (const [name, code] of [["needs a number", "invalid_argument"], ["throws", "internal_error"]]) {
      const answer = await socket.emitWithAck(name, "no number");
      assert.equal(answer.ok, false);
      assert.equal(answer.error.code, code);
      assert.ok(answer.error.message.length > 0);
    }
  },

  async "what nobody handles is not acknowledged"() {
    const socket = await connect();
    await assert.rejects(socket.timeout(50).emitWithAck("nobody handles this"), /timed out/);
    assert.deepEqual(await socket.emitWithAck("echo", 1), [1]);
  },

  async "namespaces share a connection and know their auth"() {
    const main = await connect("/");
    const other = main.io.socket("/guarded", { auth: { token: "secret" } });
    await event(other, "connect");
    assert.deepEqual(await other.emitWithAck("who am I"), "secret");
    const refused = main.io.socket("/nowhere");
    assert.equal((await event(refused, "connect_error"))[0].message, "Invalid namespace");
    const [error] = await event(open("/guarded", { auth: { token: "wrong" } }), "connect_error");
    assert.equal(error.message, "not authorized");
    assert.deepEqual(error.data, { code: 401 });
    assert.equal(main.connected, true);
  },

  async "rooms reach their members"() {
    const [a, b, c] = [await connect(), await connect(), await connect()];
    await a.emitWithAck("join", "room");
    await b.emitWithAck("join", "room");
    const heard = [];
    for (const [name, socket] of Object.entries({ a, b, c })) socket.on("said", (text) => heard.push(`${name} ${text}`));
    // They may be on different servers, of which one hears of it a little later.
    const arrived = Promise.all([event(a, "said"), event(b, "said")]);
    await a.emitWithAck("say", "room", "hello");
    await arrived;
    await Promise.all([a, b, c].map((socket) => socket.emitWithAck("echo")));
    assert.deepEqual(heard.sort(), ["a hello", "b hello"]);
  },

  async "a lost connection comes back by itself"() {
    const socket = open();
    const settled = kind === "upgrade" && new Promise((resolve) => ["upgrade", "upgradeError"].forEach((name) => socket.io.engine.once(name, resolve)));
    await event(socket, "connect");
    const first = socket.id;
    // In the middle of its change of transports, a client that has given up the one and loses the other notices by the heartbeat only.
    await settled;
    socket.emit("drop the connection");
    const [reason] = await event(socket, "disconnect");
    assert.match(reason, /transport (close|error)/);
    const buffered = socket.emitWithAck("echo", "written while away");
    await event(socket, "connect");
    assert.notEqual(socket.id, first);
    assert.deepEqual(await buffered, ["written while away"]);
  },

  async "being sent away ends it"() {
    const socket = await connect();
    socket.emit("send me away");
    assert.equal((await event(socket, "disconnect"))[0], "io server disconnect");
    assert.equal(socket.active, false);
    socket.connect();
    await event(socket, "connect");
    socket.disconnect();
    const witness = await connect();
    for (;;) {
      const reasons = await witness.emitWithAck("reasons");
      if (reasons.includes("client namespace disconnect")) break;
    }
  },

  async "the heartbeat holds a quiet connection"() {
    const socket = await connect();
    let pings = 0;
    socket.on("disconnect", (reason) => assert.fail(reason));
    await new Promise((resolve) => socket.io.on("ping", () => ++pings === 5 && resolve()));
    assert.deepEqual(await socket.emitWithAck("echo", 1), [1]);
  },

  async "polling becomes a websocket without losing anything"() {
    const socket = await connect();
    const received = [];
    socket.on("back", (n) => received.push(n));
    let sent = 0;
    const { engine } = socket.io;
    const upgraded = kind === "upgrade" && engine.transport.name === "polling" ? once(engine, "upgrade") : Promise.resolve();
    const timer = setInterval(() => socket.emit("send back", sent++), 1);
    await upgraded;
    while (sent < 200) await event(socket, "back");
    clearInterval(timer);
    while (received.length < sent) await event(socket, "back");
    assert.deepEqual(received, Array.from({ length: sent }, (_, i) => i));
    assert.equal(engine.transport.name, kind === "polling" ? "polling" : "websocket");
  },

  async "a websocket that is refused leaves polling as it was"() {
    // Behind a proxy that sends each request to another server, it is in two of three cases.
    for (;;) {
      const socket = open();
      const { engine } = socket.io;
      const received = [];
      socket.on("disconnect", (reason) => assert.notEqual(reason, "transport error"));
      socket.on("back", (n) => received.push(n));
      const outcome = Promise.race([once(engine, "upgradeError").then(() => "refused"), once(engine, "upgrade").then(() => "upgraded")]);
      await event(socket, "connect");
      for (let i = 0; i < 300; i++) socket.emit("send back", i);
      const refused = (await outcome) === "refused";
      for (let i = 300; i < 600; i++) socket.emit("send back", i);
      while (received.length < 600) await event(socket, "back");
      assert.deepEqual(received, Array.from({ length: 600 }, (_, i) => i));
      assert.equal(engine.transport.name, refused ? "polling" : "websocket");
      socket.disconnect();
      if (refused) break;
    }
  },

  async "what is sent again is handled once"() {
    const socket = await connect("/", { retries: 5, ackTimeout: 50 });
    assert.deepEqual(await socket.emitWithAck("pay", 10, "first"), "late");
    assert.deepEqual(await socket.emitWithAck("paid"), [10]);
  },

  async "what is sent again after a recovered connection is handled once"() {
    const socket = await connect("/", { retries: 5, ackTimeout: 5000 });
    const id = socket.id;
    assert.deepEqual(await socket.emitWithAck("pay and be cut off", 10, 1), "cut off");
    assert.equal(socket.id, id);
    assert.equal(socket.recovered, true);
    assert.deepEqual(await socket.emitWithAck("paid"), [10]);
  },

  async "a lost connection is recovered with what was missed"() {
    const witness = await connect();

    for (const seen of [[], ["seen"]]) {
      const socket = await connect("/", { reconnectionDelay: 300, reconnectionDelayMax: 300 });
      const { id } = socket;
      const heard = [];
      socket.on("said", (text, offset) => {
        assert.equal(typeof offset, "string");
        heard.push(text);
      });
      assert.equal(socket.recovered, false);
      await socket.emitWithAck("join", "room");
      for (const text of seen) await witness.emitWithAck("say", "room", text);
      await socket.emitWithAck("echo");

      socket.io.engine.close();
      await witness.emitWithAck("say", "room", "missed");
      await event(socket, "connect");
      assert.equal(socket.recovered, true);
      assert.equal(socket.id, id);
      assert.deepEqual(heard, [...seen, "missed"]);
      await witness.emitWithAck("say", "room", "live");
      await socket.emitWithAck("echo");
      assert.deepEqual(heard, [...seen, "missed", "live"]);
      socket.disconnect();
    }
  },

  async "volatile and timed events do what they say"() {
    const socket = await connect();
    await assert.rejects(socket.timeout(50).emitWithAck("never answers"), /timed out/);
    const received = [];
    socket.on("back", (n) => received.push(n));
    socket.volatile.emit("send back", 1);
    socket.emit("send back", 2);
    while (received.at(-1) !== 2) await event(socket, "back");
  },
};

const watchdog = setTimeout(() => {
  console.error(`"${scenario}" over ${kind} did not come to an end.`);
  process.exit(2);
}, 20_000);

await scenarios[scenario]();
clearTimeout(watchdog);
process.exit(0);
