// What it costs that requests of long-polling arrive at the wrong server: node forwarding.mjs [seconds] [sessions]. Two servers over one redis-server. Each
// session posts an event and polls its answer, again and again: first at its own server, then at the other one, in turns.
import { spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { cpu, freePort, listening, sleep } from "./processes.mjs";

const seconds = Number(process.argv[2] ?? 5);
const sessions = Number(process.argv[3] ?? 50);
const rounds = 3;
const here = new URL(".", import.meta.url).pathname;
const agent = new Agent({ keepAlive: true });

const send = (port, path, body) =>
  new Promise((resolve, reject) => {
    const sent = request({ port, path: `/socket.io/?EIO=4&transport=polling${path}`, method: body ? "POST" : "GET", agent, host: "127.0.0.1" }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`))));
    });
    sent.on("error", reject);
    sent.end(body);
  });

async function open(port) {
  const { sid } = JSON.parse((await send(port, "")).slice(1));
  await send(port, `&sid=${sid}`, "40");
  await send(port, `&sid=${sid}`);
  return sid;
}

async function measure(port, ids, processes) {
  let requests = 0;
  const latencies = [];
  const end = performance.now() + seconds * 1000;
  const before = processes.map(cpu);
  await Promise.all(
    ids.map(async (sid) => {
      // The poll waits already when the event is posted, as that of a client does.
      while (performance.now() < end) {
        const start = performance.now();
        const poll = send(port, `&sid=${sid}`);
        await send(port, `&sid=${sid}`, '420["echo",1]');
        let packets = await poll;
        while (!packets.includes("430")) {
          if (packets === "2") await send(port, `&sid=${sid}`, "3");
          packets = await send(port, `&sid=${sid}`);
        }
        latencies.push(performance.now() - start);
        requests += 2;
      }
    }),
  );
  const used = processes.map((pid, i) => cpu(pid) - before[i]);
  latencies.sort((a, b) => a - b);
  return { requests, used: used.map((time) => time / requests), p50: latencies[latencies.length >> 1], p99: latencies[Math.floor(latencies.length * 0.99)] };
}

const redisPort = await freePort();
const redis = spawn("redis-server", ["--port", redisPort, "--save", ""], { stdio: "ignore" });
await sleep(500);
const ports = [await freePort(), await freePort()];
const servers = ports.map((port) =>
  spawn(`${here}Server/bin/Release/net10.0/Salon.Benchmarks.Server`, [], { env: { ...process.env, PORT: port, REDIS_URL: `redis://127.0.0.1:${redisPort}` }, stdio: ["ignore", "ignore", "inherit"] }),
);
const processes = [servers[0].pid, servers[1].pid, redis.pid];

try {
  await Promise.all(ports.map(listening));
  await sleep(1500);
  const ids = await Promise.all(Array.from({ length: sessions }, () => open(ports[0])));
  await measure(ports[0], ids, processes);
  await measure(ports[1], ids, processes);
  console.log("requests at          a second   µs of CPU a request: session's server, other, Redis   all    ms there and back, p50   p99");
  for (let round = 0; round < rounds; round++) {
    for (const [name, port] of [["the session's server", ports[0]], ["the other one       ", ports[1]]]) {
      const { requests, used, p50, p99 } = await measure(port, ids, processes);
      const all = used.reduce((a, b) => a + b);
      console.log(`${name}  ${Math.round(requests / seconds)}   ${used.map((time) => time.toFixed(1)).join(", ")}   ${all.toFixed(1)}   ${p50.toFixed(2)}   ${p99.toFixed(2)}`);
    }
  }
} finally {
  for (const child of [...servers, redis]) child.kill();
  agent.destroy();
}
