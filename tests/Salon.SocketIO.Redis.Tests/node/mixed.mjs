// node mixed.mjs <redis> <classic|sharded|streams> <options of the streams, as JSON> <url of ours> <url of ours>: ends with 0 when all servers, one of them the reference's, are one.
import assert from "node:assert/strict";
import { io } from "socket.io-client";
import { Emitter } from "@socket.io/redis-emitter";
import { createClient } from "redis";
import { startServer } from "./server.mjs";

const [redis, kind, settings, ...ours] = process.argv.slice(2);
const publisher = await createClient({ url: redis }).connect();
const emitter = new Emitter(publisher);
const node = await startServer(redis, kind, {}, JSON.parse(settings));
const servers = [
  { name: "salon 1", url: ours[0] },
  { name: "salon 2", url: ours[1] },
  { name: "node", url: node.url },
];
const pairs = servers.flatMap((from) => servers.filter((to) => to !== from && (from.name !== "node" || to.name !== "salon 2")).map((to) => [from, to]));
const open = [];

async function connect(server, nsp = "/", room) {
  const client = io(server.url + nsp, { transports: ["websocket"], forceNew: true, reconnection: false, auth: { who: server.name }, query: { from: "mixed" } });
  client.received = [];
  client.onAny((...args) => client.received.push(args.filter((arg) => typeof arg !== "function")));
  client.on("question", (arg, answer) => answer({ arg, by: server.name }));
  client.on("silence", () => {});
  open.push(client);
  await new Promise((resolve, reject) => client.once("connect", resolve).once("connect_error", reject));

  if (room) {
    await call(client, "join", room);
  }

  return client;
}

const call = (client, ...args) => client.timeout(10000).emitWithAck(...args);

async function eventually(what, check) {
  const end = Date.now() + 10000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) {
        throw new Error(`${what}: ${error.message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

// All servers have subscribed when one's question reaches the two others, and its broadcast the clients of all.
for (const nsp of ["/", "/other"]) {
  const clients = await Promise.all(servers.map((server) => connect(server, nsp)));
  for (const client of clients) {
    await eventually("everybody is there", async () => {
      assert.equal((await call(client, "ask servers", "asked", 1, 2)).answers.length, 2);
    });
    await eventually("everybody listens", async () => {
      await call(client, "emit", {}, client.id);
      clients.forEach((other) => assert.ok(other.received.some(([name]) => name === client.id)));
    });
  }
}
await leave();

// Those who leave are gone for the next scenario, whose rooms have the same names, once no server finds them any more.
async function leave() {
  const gone = new Set(open.map((client) => client.id));
  open.splice(0).forEach((client) => client.disconnect());
  for (const nsp of ["/", "/other"]) {
    const last = await connect(servers[0], nsp);
    await eventually("they are gone", async () => assert.deepEqual((await call(last, "fetch", {})).filter(({ id }) => gone.has(id)), []));
    gone.add(last.id);
  }
  open.splice(0).forEach((client) => client.disconnect());
}

const scenarios = {
  async "a broadcast reaches everybody in the namespace, in order"(from, to) {
    const [sender, a, stranger] = [await connect(from), await connect(to), await connect(to, "/other")];
    for (let i = 0; i < 50; i++) {
      await call(sender, "emit", {}, "news", i, { "é€😀": [null, true, 1.5, "text"] });
    }
    await eventually("all arrive", () => assert.equal(a.received.length, 50));
    assert.deepEqual(a.received, Array.from({ length: 50 }, (_, i) => ["news", i, { "é€😀": [null, true, 1.5, "text"] }]));
    // The reference tells its own clients when Redis has confirmed the message: others may be quicker.
    await eventually("so it does at home", () => assert.equal(sender.received.length, 50));
    assert.deepEqual(stranger.received, []);
  },
  async "rooms and exceptions choose, and everybody gets it once"(from, to) {
    const [sender, a, b, both] = [await connect(from), await connect(to, "/", "a"), await connect(to, "/", "b"), await connect(to, "/", "a")];
    await call(both, "join", "b");
    await call(sender, "emit", { rooms: ["a"] }, "to a");
    await call(sender, "emit", { rooms: ["a", "b"] }, "to both");
    await call(sender, "emit", { rooms: ["a"], except: ["b"] }, "to a alone");
    await call(sender, "emit", { rooms: [a.id] }, "to one");
    await call(sender, "emit", { rooms: ["end"] }, "nobody");
    await call(sender, "emit", { except: [a.id] }, "to all but one");
    await call(sender, "emit", {}, "end");
    await eventually("the end arrives", () => [a, b, both].forEach((client) => assert.deepEqual(client.received.at(-1), ["end"])));
    const names = (client) => client.received.map(([name]) => name).sort();
    assert.deepEqual(names(a), ["end", "to a", "to a alone", "to both", "to one"]);
    assert.deepEqual(names(b), ["end", "to all but one", "to both"]);
    assert.deepEqual(names(both), ["end", "to a", "to all but one", "to both"]);
  },
  async "binary data stays what it is"(from, to) {
    const [sender, a] = [await connect(from), await connect(to, "/", "bin")];
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 256));
    await call(sender, "emit", { rooms: ["bin"] }, "data", bytes, { deep: [bytes, "x"] }, { _placeholder: false, num: 1 });
    await eventually("it arrives", () => assert.equal(a.received.length, 1));
    const [, first, second, third] = a.received[0];
    assert.deepEqual(Buffer.from(first), bytes);
    assert.deepEqual(Buffer.from(second.deep[0]), bytes);
    assert.equal(second.deep[1], "x");
    assert.deepEqual(third, { _placeholder: false, num: 1 });
  },
  async "volatile and local events"(from, to) {
    const [sender, near, far] = [await connect(from), await connect(from, "/", "v"), await connect(to, "/", "v")];
    await call(sender, "emit", { rooms: ["v"], local: true }, "near");
    await call(sender, "emit", { rooms: ["v"], volatile: true }, "maybe");
    await call(sender, "emit", { rooms: ["v"] }, "sure");
    await eventually("it arrives", () => [near, far].forEach((client) => assert.deepEqual(client.received.at(-1), ["sure"])));
    assert.ok(near.received.some(([name]) => name === "near"));
    assert.ok(!far.received.some(([name]) => name === "near"));
  },
  async "answers come from the clients of all servers"(from, to) {
    const [sender] = [await connect(from), await connect(from, "/", "jury"), await connect(to, "/", "jury"), await connect(to, "/", "jury")];
    const { answers, isPartial } = await call(sender, "ask", { rooms: ["jury"], timeout: 5000 }, "question", { n: 1 });
    assert.ok(!isPartial);
    assert.deepEqual(answers.map(({ arg, by }) => [arg.n, by]).sort(), [[1, from.name], [1, to.name], [1, to.name]].sort());
  },
  async "who does not answer is missing after the time"(from, to) {
    const [sender] = [await connect(from), await connect(to, "/", "mute")];
    const { answers, isPartial } = await call(sender, "ask", { rooms: ["mute"], timeout: 300 }, "silence", 1);
    assert.ok(isPartial);
    assert.deepEqual(answers, []);
  },
  async "sockets are found, with their rooms, data and handshakes"(from, to) {
    const [sender, a] = [await connect(from), await connect(to, "/", "team")];
    const found = await call(sender, "fetch", { rooms: ["team"] });
    assert.equal(found.length, 1);
    assert.equal(found[0].id, a.id);
    assert.deepEqual(found[0].rooms, [a.id, "team"].sort());
    assert.equal(found[0].data.by, to.name === "node" ? "node" : "salon");
    assert.ok(found[0].handshake.headers.host);
    assert.equal(found[0].handshake.auth.who, to.name);
    if (to.name !== "node" || kind !== "classic") {
      // In the classic adapter the reference writes binary data as JSON.
      assert.deepEqual(Buffer.from(found[0].data.bytes), Buffer.from([1, 2, 3]));
    }
    assert.ok((await call(sender, "fetch", {})).length >= 2);
    assert.equal((await call(sender, "fetch", { rooms: ["nobody"] })).length, 0);
  },
  async "sockets join, leave and are disconnected from afar"(from, to) {
    const [sender, a, b] = [await connect(from), await connect(to, "/", "here"), await connect(to, "/", "here")];
    await call(sender, "sockets join", { rooms: ["here"], except: [b.id] }, "there");
    await eventually("it has joined", async () => assert.ok((await call(a, "my rooms")).includes("there")));
    assert.ok(!(await call(b, "my rooms")).includes("there"));
    await call(sender, "sockets leave", { rooms: ["here"] }, "here");
    await eventually("both have left", async () => {
      assert.ok(!(await call(a, "my rooms")).includes("here"));
      assert.ok(!(await call(b, "my rooms")).includes("here"));
    });
    const gone = new Promise((resolve) => a.once("disconnect", resolve));
    await call(sender, "disconnect sockets", { rooms: ["there"] }, false);
    assert.equal(await gone, "io server disconnect");
    assert.ok(b.connected);
  },
  async "programs talk to programs"(from, to) {
    const [sender, a] = [await connect(from), await connect(to)];
    const mark = `${from.name} ${Math.random()}`;
    await call(sender, "tell servers", mark, { n: [1] });
    await eventually("it is heard", async () => assert.deepEqual((await call(a, "heard")).filter(([first]) => first === mark), [[mark, { n: [1] }]]));
    assert.deepEqual((await call(sender, "heard")).filter(([first]) => first === mark), []);
    const { answers } = await call(sender, "ask servers", "asked", 40, 2);
    assert.deepEqual(answers.map(({ sum }) => sum), [42, 42]);
  },
  async "one socket elsewhere is asked"(from, to) {
    const [sender, a] = [await connect(from), await connect(to)];
    const { answer, error } = await call(sender, "ask one", a.id, "question", "now");
    assert.equal(error, undefined);
    assert.deepEqual(answer, { arg: "now", by: to.name });
  },
  async "another namespace is a world of its own"(from, to) {
    const [sender, a, other] = [await connect(from, "/other"), await connect(to, "/", "x"), await connect(to, "/other", "x")];
    await call(sender, "emit", { rooms: ["x"] }, "other news");
    await eventually("it arrives", () => assert.deepEqual(other.received, [["other news"]]));
    assert.deepEqual(a.received, []);
  },
};

// The reference's emitter speaks to the classic adapter alone.
const emitterScenarios = {
  async "@socket.io/redis-emitter reaches clients, rooms and programs"(to) {
    const [a, b] = [await connect(to, "/", "a"), await connect(to, "/", "b")];
    emitter.to("a").emit("to a", 1, { x: "é" }, Buffer.from([1, 2, 3]));
    emitter.except("a").emit("not to a");
    emitter.of("/other").emit("elsewhere");
    emitter.emit("end");
    await eventually("the end arrives", () => [a, b].forEach((client) => assert.deepEqual(client.received.at(-1), ["end"])));
    assert.deepEqual(a.received.slice(0, -1).map(([name, ...args]) => [name, ...args.slice(0, 2), [...args[2]]]), [["to a", 1, { x: "é" }, [1, 2, 3]]]);
    assert.deepEqual(b.received.slice(0, -1), [["not to a"]]);
    emitter.in("a").socketsJoin("c");
    await eventually("it has joined", async () => assert.ok((await call(a, "my rooms")).includes("c")));
    emitter.in("c").socketsLeave("c");
    await eventually("it has left", async () => assert.ok(!(await call(a, "my rooms")).includes("c")));
    const mark = `emitter ${Math.random()}`;
    emitter.serverSideEmit("told", mark);
    await eventually("it is heard", async () => assert.ok((await call(b, "heard")).some(([first]) => first === mark)));
    emitter.in("a").disconnectSockets(true);
    await eventually("it is gone", () => assert.ok(!a.connected));
    assert.ok(b.connected);
  },
};

let failed = 0;

for (const [name, scenario] of Object.entries(scenarios)) {
  for (const [from, to] of pairs) {
    try {
      await scenario(from, to);
    } catch (error) {
      failed++;
      console.log(`FAILED: ${name} (${from.name} to ${to.name}): ${error.stack}`);
    }
    await leave();
  }
}

for (const [name, scenario] of kind === "classic" ? Object.entries(emitterScenarios) : []) {
  for (const to of servers) {
    try {
      await scenario(to);
    } catch (error) {
      failed++;
      console.log(`FAILED: ${name} (to ${to.name}): ${error.stack}`);
    }
    await leave();
  }
}

console.log(`${Object.keys(scenarios).length * pairs.length - failed} passed, ${failed} failed`);
await node.close();
await publisher.disconnect();
process.exit(failed === 0 ? 0 : 1);
