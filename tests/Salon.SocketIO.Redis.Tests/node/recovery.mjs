// node recovery.mjs <redis> <url of ours> <url of ours>: ends with 0 when clients that lost their connection go on at any server, one of
// which is the reference's.
import assert from "node:assert/strict";
import { io } from "socket.io-client";
import { startServer } from "./server.mjs";

const [redis, ...ours] = process.argv.slice(2);
const node = await startServer(redis, "streams", { connectionStateRecovery: { maxDisconnectionDuration: 60_000, skipMiddlewares: true } });
const servers = [
  { name: "salon 1", url: ours[0] },
  { name: "salon 2", url: ours[1] },
  { name: "node", url: node.url },
];

function connect(server) {
  const client = io(server.url, { transports: ["websocket"], forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 20 });
  client.received = [];
  client.onAny((name, ...args) => client.received.push([name, ...args.slice(0, -1)]));
  return new Promise((resolve, reject) => client.once("connect", () => resolve(client)).once("connect_error", reject));
}

const call = (client, ...args) => client.timeout(10000).emitWithAck(...args);
const names = (client) => client.received.map(([name]) => name);

async function eventually(what, check) {
  const end = Date.now() + 10000;
  while (!(await check())) {
    assert.ok(Date.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const helpers = [];
for (const server of servers) {
  helpers.push(await connect(server));
}
for (const helper of helpers) {
  await eventually("everybody hears everybody", async () => {
    await call(helper, "emit", {}, `from ${helper.id}`);
    return helpers.every((other) => names(other).includes(`from ${helper.id}`));
  });
}

/** The connection is lost, and the next one is to another server. */
async function move(client, to, meanwhile) {
  client.io.uri = to.url;
  const paused = new Promise((resolve) => client.once("disconnect", resolve));
  client.io.reconnection(false);
  client.io.engine.close();
  await paused;
  await meanwhile();
  client.io.reconnection(true);
  const connected = new Promise((resolve) => client.once("connect", resolve));
  client.connect();
  await connected;
}

for (const from of servers) {
  for (const to of servers) {
    const label = `${from.name} → ${to.name}`;
    const client = await connect(from);
    const room = `room of ${label}`;
    await call(client, "join", room);
    await call(helpers[0], "emit", { rooms: [room] }, "seen");
    await eventually(`${label}: the first event`, () => client.received.length === 1);
    const { id } = client;

    await move(client, to, async () => {
      for (const [i, helper] of helpers.entries()) {
        await call(helper, "emit", { rooms: [room] }, `missed ${i}`, { a: [1, "é"] });
        await call(helper, "emit", { rooms: ["elsewhere"] }, "not for it");
        await call(helper, "emit", { rooms: [id] }, `alone ${i}`);
        await eventually(`${label}: ${i} is in the stream`, async () => {
          await call(helper, "emit", {}, `after ${label} ${i}`);
          return helpers.every((other) => names(other).includes(`after ${label} ${i}`));
        });
      }
    });

    assert.equal(client.recovered, true, `${label}: recovered`);
    assert.equal(client.id, id, label);
    assert.deepEqual((await call(client, "my rooms")).sort(), [id, room].sort(), label);
    await call(helpers[1], "emit", { rooms: [room] }, "live");
    await eventually(`${label}: it goes on`, () => names(client).includes("live"));
    assert.deepEqual(
      names(client).filter((name) => !name.startsWith("after ")),
      ["seen", ...helpers.flatMap((_, i) => [`missed ${i}`, `alone ${i}`]), "live"],
      label,
    );
    const after = names(client).filter((name) => name.startsWith("after ") && !name.includes(label));
    assert.deepEqual(after, [], `${label}: nothing from before it came`);
    assert.deepEqual(client.received.find(([name]) => name === "missed 1"), ["missed 1", { a: [1, "é"] }]);
    client.disconnect();
    console.log(`ok ${label}`);
  }
}

for (const helper of helpers) {
  helper.disconnect();
}
await node.close();
process.exit(0);
