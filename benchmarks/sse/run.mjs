// Event streams of the app beside those of Node.js: node run.mjs [streams] [seconds] [rounds] [servers]. Each stream gets a tick and a candle a second. The
// server has core 0, the generator core 1. Every stream is an open file of the server, so `ulimit -Hn` is the bound.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { freePort, processorTimes, sleep } from "../processes.mjs";

const streams = Number(process.argv[2] ?? 19_000);
const seconds = Number(process.argv[3] ?? 20);
const rounds = Number(process.argv[4] ?? 3);
const servers = (process.argv[5] ?? "salon,node").split(",");
const warmUp = 5;
const generators = 2;
const here = new URL(".", import.meta.url).pathname;
const app = `${here}../../apps/Salon/bin/Release/net10.0/Salon.dll`;
const directory = mkdtempSync(`${tmpdir()}/salon-sse-`);
const ticks = `${directory}/ticks.csv`;

// A tick each second, for an hour. Whether it comes in the same step of the market as the end of a candle, and with it in one write, depends on the moment
// of the start: so the time of a write is told as well.
writeFileSync(ticks, Array.from({ length: 3600 }, (_, second) => `${second * 1000},BENCH,100.25,10`).join("\n"));

const kinds = {
  salon: { command: ["dotnet", app], environment: { STOCKS_CSV: ticks, DATA_DIR: directory, HOST: "127.0.0.1", STREAMS_PER_ADDRESS: "50000" } },
  node: { command: ["node", `${here}node.mjs`], environment: {} },
};

const residentKiB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

const listens = async (port) => {
  for (let i = 0; i < 300; i++) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/stocks/stream`);
      await response.body.cancel();
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error("The server does not listen.");
};

async function load(port, count, source) {
  const child = spawn("taskset", ["-c", "1", `${here}load`, port, "/stocks/stream", count, warmUp + seconds, source].map(String), { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { next: async () => (await lines.next()).value, ended: new Promise((resolve) => child.on("exit", resolve)) };
}

async function measure(kind) {
  const port = await freePort();
  const server = spawn("taskset", ["-c", "0", ...kinds[kind].command], { env: { ...process.env, ...kinds[kind].environment, PORT: port }, stdio: "ignore" });

  try {
    await listens(port);
    await sleep(2000);
    const before = residentKiB(server.pid);
    const began = Date.now();
    const loads = await Promise.all(Array.from({ length: generators }, (_, i) => load(port, Math.floor(streams / generators), 1 + i * 10)));

    const sum = async () => {
      const counts = await Promise.all(loads.map((each) => each.next()));
      return counts.map((line) => JSON.parse(line)).reduce((total, each) => ({ events: total.events + each.events, reads: total.reads + each.reads }));
    };

    await Promise.all(loads.map((each) => each.next()));
    const connected = (Date.now() - began) / 1000;
    for (let i = 1; i < warmUp; i++) await sum();

    const [from, processor] = [await sum(), processorTimes(server.pid)];
    for (let i = 1; i < seconds; i++) await sum();
    const to = await sum();
    const [user, system] = processorTimes(server.pid).map((value, i) => value - processor[i]);
    const used = user + system;
    const events = to.events - from.events;
    const writes = to.reads - from.reads;
    const resident = residentKiB(server.pid);
    await Promise.all(loads.map((each) => each.ended));

    return {
      kind,
      streams,
      connectSeconds: connected,
      eventsPerSecond: Math.round(events / seconds),
      microsecondsPerEvent: Number((used / events).toFixed(2)),
      microsecondsPerWrite: Number((used / writes).toFixed(2)),
      writesPerSecond: Math.round(writes / seconds),
      ofItSystem: Number((system / events).toFixed(2)),
      processor: Number((used / seconds / 1e6).toFixed(2)),
      kibPerStream: Number(((resident - before) / streams).toFixed(1)),
      residentMiB: Math.round(resident / 1024),
    };
  } finally {
    server.kill();
  }
}

try {
  execFileSync("make", ["-s", "-C", here], { stdio: "inherit" });
  for (let round = 0; round < rounds; round++) {
    for (const kind of servers) console.log(JSON.stringify(await measure(kind)));
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
