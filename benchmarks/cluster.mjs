// What a broadcast costs that comes from another server: node cluster.mjs [seconds] [messages a second] [receivers]. Two servers over one redis-server, first
// ours, then Node.js's, in turns. One client of the first server emits; a hundred clients of the second receive.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { cpu, freePort, listening, sleep } from "./processes.mjs";

const require = createRequire(new URL("peers/node/package.json", import.meta.url));
const { WebSocket } = require("ws");

const seconds = Number(process.argv[2] ?? 5);
const rate = Number(process.argv[3] ?? 50);
const receivers = Number(process.argv[4] ?? 100);
const rounds = 3;
const here = new URL(".", import.meta.url).pathname;
const kinds = {
  salon: [`${here}Server/bin/Release/net10.0/Salon.Benchmarks.Server`],
  node: ["node", `${here}peers/node/server.mjs`],
};

function connect(port, onEvent) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
    socket.on("error", reject);
    socket.on("message", (data) => {
      const text = data.toString();
      if (text[0] === "0") socket.send("40");
      else if (text === "2") socket.send("3");
      else if (text.startsWith("40")) resolve(socket);
      else if (text.startsWith("42")) onEvent?.(text);
    });
  });
}

async function measure(kind, redis) {
  const ports = [await freePort(), await freePort()];
  const servers = ports.map((port) => spawn(kinds[kind][0], kinds[kind].slice(1), { env: { ...process.env, PORT: port, REDIS_URL: redis }, stdio: ["ignore", "ignore", "inherit"] }));
  await Promise.all(ports.map(listening));
  const latencies = [];
  let counted = false;
  let delivered = 0;
  const onEvent = (text) => {
    if (counted) {
      delivered++;
      latencies.push(performance.now() - Number(text.match(/[\d.]+/g)[1]));
    }
  };
  const sender = await connect(ports[0]);
  const clients = await Promise.all(Array.from({ length: receivers }, () => connect(ports[1], onEvent)));

  const run = async (duration) => {
    const end = performance.now() + duration * 1000;
    let sent = 0;
    const start = performance.now();
    while (performance.now() < end) {
      for (; sent < ((performance.now() - start) / 1000) * rate; sent++) sender.send(`42["broadcast","${performance.now().toFixed(3)}"]`);
      await sleep(2);
    }
    await sleep(300);
    return sent;
  };

  await run(Math.max(2, seconds / 2));
  counted = true;
  const before = servers.map((server) => cpu(server.pid));
  const sent = await run(seconds);
  const used = servers.map((server, i) => cpu(server.pid) - before[i]);
  clients.concat(sender).forEach((client) => client.terminate());
  servers.forEach((server) => server.kill());
  latencies.sort((a, b) => a - b);
  return {
    kind,
    missing: sent * receivers - delivered,
    perDelivery: used[1] / delivered,
    perMessage: used[0] / sent,
    p50: latencies[Math.floor(latencies.length * 0.5)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
  };
}

const port = await freePort();
const redis = spawn("redis-server", ["--port", port, "--save", "", "--bind", "127.0.0.1"], { stdio: "ignore" });
await sleep(500);
const results = [];

for (let round = 0; round < rounds; round++) {
  for (const kind of Object.keys(kinds)) {
    results.push(await measure(kind, `redis://127.0.0.1:${port}`));
  }
}

redis.kill();
const median = (kind, name) => results.filter((result) => result.kind === kind).map((result) => result[name]).sort((a, b) => a - b)[Math.floor(rounds / 2)];
console.log(`${rate * receivers} remote deliveries a second, ${receivers} clients, medians of ${rounds} rounds of ${seconds} s\n`);
console.log("| | CPU a remote delivery | CPU a message, where it is emitted | p50 | p99 | missing |\n|---|--:|--:|--:|--:|--:|");

for (const [kind, name] of [["salon", "Salon"], ["node", "Node.js, @socket.io/redis-adapter"]]) {
  const f = (field, digits = 1) => median(kind, field).toFixed(digits);
  console.log(`| ${name} | ${f("perDelivery")} µs | ${f("perMessage", 0)} µs | ${f("p50")} ms | ${f("p99")} ms | ${f("missing", 0)} |`);
}
