// Attacks the app as an anonymous crowd would, while honest people talk, and says what they noticed of it:
//   dotnet build apps/Salon -c Release && node benchmarks/attack/run.mjs [seconds of attack, 600] [people, 500]
// The app has core 0, everybody else core 1. All addresses are of this machine's loopback. Ends with 1 when a promise is broken.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { cpu, freePort, listening, sleep } from "../processes.mjs";

const seconds = Number(process.argv[2] ?? 600);
const people = Number(process.argv[3] ?? 500);
const calm = Math.min(60, Math.max(10, seconds / 5));
const here = new URL(".", import.meta.url).pathname;
const data = mkdtempSync(`${tmpdir()}/salon-attack-`);
const port = await freePort();
const limits = { latency: 4, memory: 600 };

const pinned = (core, command, args, options) => spawn("taskset", ["-c", `${core}`, command, ...args], options);
const app = pinned(0, `${here}../../apps/Salon/bin/Release/net10.0/Salon`, [], { env: { ...process.env, PORT: port, DATA_DIR: data }, stdio: ["ignore", "ignore", "inherit"] });
let isEnded = false;
process.on("exit", () => app.kill("SIGKILL"));
app.on("exit", () => (isEnded = true));
await listening(port);

const resident = () => (isEnded ? 0 : Number(readFileSync(`/proc/${app.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024);
let peak = 0;
const watch = setInterval(() => (peak = Math.max(peak, resident())), 200);

const honest = pinned(1, "node", [`${here}honest.mjs`, `${port}`, `${people}`], { stdio: ["pipe", "pipe", "inherit"] });
const reports = createInterface({ input: honest.stdout })[Symbol.asyncIterator]();
const next = async () => JSON.parse((await reports.next()).value);
const say = (line) => honest.stdin.write(`${line}\n`);
const phases = [];

async function measure(name, duration, meanwhile) {
  say(`measure ${name}`);
  if (phases.length) phases.at(-1).report = await next();
  peak = resident();
  const before = isEnded ? 0 : cpu(app.pid);
  const attack = meanwhile?.();
  await sleep(duration * 1000);
  phases.push({ name, peak, busy: isEnded ? 0 : (cpu(app.pid) - before) / duration / 10_000, attack });
}

console.error(`${people} people come in.`);
const ready = await next();
await measure("warmup", 10);
await measure("calm", calm);
let done = Promise.resolve("");
await measure("attack", seconds, () => {
  const attackers = pinned(1, "node", [`${here}attackers.mjs`, `${port}`, `${seconds}`], { stdio: ["ignore", "pipe", "inherit"] });
  done = new Promise((resolve) => {
    let out = "";
    attackers.stdout.on("data", (chunk) => (out += chunk));
    attackers.on("exit", () => resolve(out));
  });
  return done;
});
await measure("after", calm);
say("end");
phases.at(-1).report = await next();
clearInterval(watch);
const lives = !isEnded;
app.kill();
const attacked = JSON.parse((await done) || "{}");
rmSync(data, { recursive: true, force: true });

console.log(`${people} people, ${seconds} s of attack from 50 addresses\n`);
console.log("| | p50 of an answer | p99 | longest | p99 of a delivery | messages | without an answer | memory, at most | busy |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|");
for (const { name, report: r, peak, busy } of phases.slice(1)) {
  console.log(`| ${name} | ${r.p50} ms | ${r.p99} ms | ${r.max} ms | ${r.deliveryP99} ms | ${r.sent} | ${r.unanswered} | ${Math.round(peak)} MiB | ${Math.round(busy)} % |`);
}
console.log("\n| what the attackers did | |\n|---|--:|");
for (const [what, count] of Object.entries(attacked)) console.log(`| ${what} | ${count.toLocaleString("en")} |`);

const [, calmly, attack, after] = phases;
const promises = [
  [`the p99 of an answer stays under ${limits.latency} times that without attack`, attack.report.p99 < limits.latency * calmly.report.p99],
  [`memory stays under ${limits.memory} MiB`, Math.max(...phases.map((phase) => phase.peak)) < limits.memory],
  ["nobody honest is closed or refused", ready.lost === 0 && after.report.lost === 0 && after.report.refused === 0],
  ["every message is answered", after.report.unanswered === 0],
  ["the app lives", lives],
];
console.log("\n| promise | |\n|---|---|");
for (const [promise, holds] of promises) console.log(`| ${promise} | ${holds ? "holds" : "**broken**"} |`);
process.exit(promises.every(([, holds]) => holds) ? 0 : 1);
