// node support.mjs <server> <polling|websocket|upgrade>: what the official client sees of a server. The same for the reference's and for ours.
import assert from "node:assert/strict";
import { io } from "socket.io-client";

const [server, kind] = process.argv.slice(2);
const transports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] }[kind];
const event = (socket, name) => new Promise((resolve) => socket.once(name, (...args) => resolve(args)));
const opened = [];

function open(namespace = "/", options = {}) {
  const socket = io(server + namespace, { transports, forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 20, ...options });
  opened.push(socket);
  return socket;
}

async function connect(namespace, options) {
  const socket = open(namespace, options);
  await event(socket, "connect");
  return socket;
}

const checks = [];
const check = (name, run) => checks.push({ name, run });

check("connects to localhost and is greeted", async () => {
  const socket = await connect();
  socket.emit("hi");
  await event(socket, "hi");
});

check("knows its id, which the server knows too, and loses it when it disconnects", async () => {
  const socket = await connect();
  assert.equal((await socket.emitWithAck("getId")).length, 20);
  assert.equal(await socket.emitWithAck("getId"), socket.id);
  socket.disconnect();
  assert.equal(socket.id, undefined);
});

check("has another id in another namespace", async () => {
  const socket = await connect("/foo");
  assert.equal(await socket.emitWithAck("getId"), socket.id);
  assert.notEqual(socket.id, socket.io.engine.id);
});

check("gets another id when it opens again", async () => {
  const socket = await connect();
  const first = socket.id;
  socket.disconnect().connect();
  await event(socket, "connect");
  assert.notEqual(socket.id, first);
});

check("connects to two namespaces over one connection", async () => {
  const main = await connect();
  const foo = main.io.socket("/foo");
  const valid = main.io.socket("/valid");
  await Promise.all([event(foo, "connect"), event(valid, "connect")]);
  foo.disconnect();
  assert.equal(main.connected && valid.connected, true);
  assert.equal(await main.emitWithAck("echo", 1), 1);
});

check("is told that a namespace does not exist, and stays connected", async () => {
  const main = await connect();
  const [error] = await event(main.io.socket("/doesnotexist"), "connect_error");
  assert.ok(error instanceof Error);
  assert.equal(error.message, "Invalid namespace");
  assert.equal(main.connected, true);
});

check("is refused by the middleware of a namespace", async () => {
  assert.equal((await event(open("/no"), "connect_error"))[0].message, "Auth failed (custom namespace)");
  assert.equal((await event(open("/?fail=true"), "connect_error"))[0].message, "Auth failed (main namespace)");
});

check("gets the data of an error", async () => {
  const [error] = await event(open("/no-data"), "connect_error");
  assert.equal(error.message, "with data");
  assert.deepEqual(error.data, { code: 42 });
});

check("hands its query and auth to the server", async () => {
  const socket = open("/abc?b=c&d=e", { auth: { token: "123" }, query: { f: "g" } });
  const [handshake] = await event(socket, "handshake");
  assert.equal(handshake.query.EIO, "4");
  assert.equal(handshake.query.transport, transports[0]);
  assert.equal(handshake.auth.token, "123");
  assert.equal(handshake.xdomain, false);
  assert.equal(handshake.secure, false);
  assert.equal(typeof handshake.issued, "number");
  assert.ok(handshake.headers["user-agent"]?.length !== 0);
  assert.ok(handshake.url.startsWith("/socket.io/?"));
});

check("hands auth to the server by a function", async () => {
  const socket = open("/abc", { auth: (callback) => callback({ a: "b" }) });
  assert.equal((await event(socket, "handshake"))[0].auth.a, "b");
});

check("answers a question of the server", async () => {
  const socket = await connect();
  socket.on("ack", (answer) => answer(5, { b: true }));
  socket.emit("ack");
  await event(socket, "got it");
});

check("gets dates as texts, alone, in objects and in answers", async () => {
  const socket = await connect();
  socket.emit("getDate");
  const [date] = await event(socket, "takeDate");
  assert.equal(typeof date, "string");
  assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
  socket.emit("getDateObj");
  assert.equal(typeof (await event(socket, "takeDateObj"))[0].date, "string");
  assert.equal(typeof (await socket.emitWithAck("getAckDate", { test: true })), "string");
});

check("gets UTF-8 as it was", async () => {
  const socket = await connect();
  const texts = ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "\u{1F600}"];
  const received = [];
  const all = new Promise((resolve) => socket.on("takeUtf8", (text) => received.push(text) === texts.length && resolve()));
  socket.emit("getUtf8");
  await all;
  assert.deepEqual(received, texts);
});

check("gets false and null as they are", async () => {
  const socket = await connect();
  socket.emit("false");
  assert.equal((await event(socket, "false"))[0], false);
  socket.emit("null");
  assert.equal((await event(socket, "null"))[0], null);
});

check("gets back whatever can be said in JSON", async () => {
  const socket = await connect();
  for (const value of [1, 1.5, "a", true, null, [], {}, [1, [2]], { a: { b: null } }, "\u2028\u0000\"\\"]) {
    assert.deepEqual(await socket.emitWithAck("echo", value), value);
  }
});

check("gets and sends binary data", async () => {
  const socket = await connect();
  socket.emit("doge");
  assert.equal(Buffer.from((await event(socket, "doge"))[0]).toString(), "asdfasdf");
  for (const data of [Buffer.from("a"), new Uint8Array([1, 2]), new Uint16Array([1, 2]).buffer]) {
    socket.emit("buffa", data);
    await event(socket, "buffack");
  }
  socket.emit("jsonbuff", { hello: "lol", message: Buffer.from("howdy"), goodbye: "gotcha" });
  await event(socket, "jsonbuff-ack");
});

check("sends binary data in order", async () => {
  const socket = await connect();
  socket.emit("abuff1", Buffer.from("abuff1"));
  socket.emit("abuff2", "please arrive second");
  await event(socket, "abuff2-ack");
});

check("answers and is answered with binary data", async () => {
  const socket = await connect();
  socket.on("ackBinary", (answer) => answer(Buffer.from([1, 2, 3])));
  socket.emit("callAckBinary");
  await event(socket, "ackBinary-ok");
  assert.equal(Buffer.from(await socket.emitWithAck("getAckBinary", "")).toString(), "huehue");
});

check("sends many arguments", async () => {
  const socket = await connect();
  assert.equal(await socket.emitWithAck("many", 1, "2", [3], { 4: 5 }, null, Buffer.from([6])), 6);
});

check("gives up a question in time", async () => {
  const socket = await connect();
  await assert.rejects(socket.timeout(50).emitWithAck("never"), /operation has timed out/);
  assert.equal(await socket.timeout(5000).emitWithAck("echo", 42), 42);
});

check("a question fails when the connection is lost", async () => {
  const socket = await connect();
  const asked = socket.timeout(10_000).emitWithAck("never");
  socket.emit("requestClose");
  await assert.rejects(asked, /socket has been disconnected/);
});

check("sends what was emitted before it was connected, but not what was volatile", async () => {
  const socket = open();
  let count = 0;
  socket.on("hi", () => count++);
  socket.volatile.emit("hi");
  socket.emit("hi");
  await event(socket, "connect");
  assert.equal(await socket.emitWithAck("echo", 1), 1);
  assert.equal(count, 1);
});

check("is sent away by the server, and does not come back by itself", async () => {
  const socket = await connect();
  socket.emit("requestDisconnect");
  assert.equal((await event(socket, "disconnect"))[0], "io server disconnect");
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(socket.connected, false);
  assert.equal(socket.active, false);
});

check("comes back by itself when the connection is closed under it", async () => {
  const socket = await connect();
  socket.emit("requestClose");
  assert.equal((await event(socket, "disconnect"))[0], "transport close");
  await event(socket, "connect");
  assert.equal(await socket.emitWithAck("echo", "back"), "back");
});

check("comes back by itself when its own engine is closed, with its rooms and what it missed", async () => {
  const [socket, other] = [await connect(), await connect()];
  const id = socket.id;
  await socket.emitWithAck("join", "room");
  other.emit("tell", "room", "before");
  assert.equal((await event(socket, "told"))[0], "before");
  const gone = event(socket, "disconnect");
  socket.io.engine.close();
  await gone;
  other.emit("tell", "room", "missed");
  assert.equal((await event(socket, "told"))[0], "missed");
  if (!socket.connected) await event(socket, "connect");
  assert.equal(socket.recovered, true);
  assert.equal(socket.id, id);
});

check("is not recovered after it has left", async () => {
  const socket = await connect();
  socket.disconnect().connect();
  await event(socket, "connect");
  assert.equal(socket.recovered, false);
});

check("tries again until it is answered", async () => {
  const socket = await connect("/", { retries: 10, ackTimeout: 50 });
  // On a busy machine the answer to the second try comes after the third was sent.
  assert.ok((await socket.emitWithAck("secondTry", "a")) >= 2);
});

check("gives up after its retries", async () => {
  const socket = await connect("/", { retries: 2, ackTimeout: 20 });
  await assert.rejects(socket.emitWithAck("never"), /operation has timed out/);
});

check("keeps the order of what it tries again", async () => {
  const socket = await connect("/", { retries: 10, ackTimeout: 50 });
  const done = [];
  await Promise.all([
    socket.emitWithAck("secondTry", "x").then(() => done.push(1)),
    socket.emitWithAck("echo", 2).then(() => done.push(2)),
    socket.emitWithAck("secondTry", "y").then(() => done.push(3)),
  ]);
  assert.deepEqual(done, [1, 2, 3]);
});

check("stays connected while it is quiet", async () => {
  const socket = await connect();
  let pings = 0;
  socket.io.on("ping", () => pings++);
  while (pings < 3) await new Promise((resolve) => socket.io.once("ping", resolve));
  assert.equal(socket.connected, true);
});

check("reports the transport that it ends up with", async () => {
  const socket = await connect();
  if (kind === "upgrade" && socket.io.engine.transport.name === "polling") await event(socket.io.engine, "upgrade");
  assert.equal(socket.io.engine.transport.name, kind === "polling" ? "polling" : "websocket");
});

check("does not find another path", async () => {
  const socket = open("/", { path: "/no-socket.io", reconnection: false });
  const [error] = await event(socket, "connect_error");
  assert.ok(error instanceof Error);
});

let failures = 0;
for (const { name, run } of checks) {
  let limit;
  const tooLong = new Promise((_, reject) => (limit = setTimeout(() => reject(new Error("took too long")), 5_000)));
  try {
    await Promise.race([run(), tooLong]);
  } catch (error) {
    failures++;
    console.error(`${name}:`, error);
  }
  clearTimeout(limit);
  opened.splice(0).forEach((socket) => socket.disconnect());
}
console.log(`${checks.length - failures} of ${checks.length} at ${server} over ${kind}`);
process.exit(failures === 0 ? 0 : 1);
