// report.mjs RESULTS.jsonl [--draft]: writes the tables of docs/performance.md, between its markers, and docs/images/performance.svg;
// as a draft, or where there is no such page yet, benchmarks/results/tables.md and benchmarks/results/performance.svg. Of each server and case the latest run in the file counts; each figure is the median of its rounds.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { drawChart } from "./chart.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const names = {
  "salon": "Salon",
  "salon-kestrel": "Salon on stock Kestrel",
  "node-ws": "Node.js, ws",
  "node-uws": "Node.js, uWebSockets.js",
  "signalr": "SignalR",
  "floor": "floor (C)",
  "salon-2cores": "Salon on two cores",
};
const mainServers = ["salon", "salon-kestrel", "node-ws", "node-uws", "signalr", "floor"];
const socketServers = ["salon", "node-ws", "node-uws"];

// field: what is compared; the smaller the better.
const cost = { field: "cpu_us_per_delivery", unit: "µs", digits: 2 };
const mainCases = [
  { name: "echo", title: "Echo, 100 connections", ...cost },
  { name: "echo-window", title: "Echo, 10 connections × 10 at once", ...cost },
  { name: "fanout", title: "Broadcast to 1,000", ...cost },
  { name: "rooms", title: "100 rooms of 10", ...cost },
  { name: "connect", title: "Connect and join", ...cost, digits: 0 },
  { name: "idle", title: "10,000 idle connections", field: "rss_kib_per_connection", unit: "KiB", digits: 1 },
];
const otherCases = [
  { name: "echo-1k", title: "Echo of 1 KiB", ...cost },
  { name: "echo-16k", title: "Echo of 16 KiB", ...cost },
  { name: "binary", title: "Echo of 1 KiB, binary", ...cost },
  { name: "polling", title: "Echo by long-polling", ...cost },
  { name: "msgpack", title: "Echo in MessagePack", ...cost },
  { name: "acks", title: "Broadcast to 1,000 with acks", ...cost },
  { name: "manyrooms", title: "10,000 rooms, 100 a connection", ...cost },
  { name: "upgrade", title: "Connect by polling, upgrade", ...cost, digits: 0 },
  { name: "idle-50000", title: "50,000 idle connections", field: "rss_kib_per_connection", unit: "KiB", digits: 1 },
];

if (process.argv[2] === "--machine") {
  const [run, dotnet, files, rounds, seconds] = process.argv.slice(3);
  const machine = {
    cpu: cpus()[0].model.trim(), cores: cpus().length, memory_gib: Math.round(totalmem() / 2 ** 30), kernel: release(),
    node: process.version, dotnet, files: Number(files) || null, rounds: Number(rounds), seconds: Number(seconds),
  };
  console.log(JSON.stringify({ run, machine }));
} else if (process.argv.length === 3 || (process.argv.length === 4 && process.argv[3] === "--draft")) {
  report(process.argv[2], process.argv.length === 4);
} else {
  console.error("usage: report.mjs RESULTS.jsonl [--draft]");
  process.exitCode = 2;
}

function report(file, isDraft) {
  const { figures, machine, errors } = read(file);
  const tables = [
    describe(machine),
    "### The six main scenarios", table(figures, mainCases, mainServers),
    "### More of Socket.IO", table(figures, otherCases, socketServers), skipped(figures, machine),
    "### A second core", scaling(figures),
    ...errors,
  ].filter(Boolean).join("\n\n");

  const page = "docs/performance.md";
  const isPage = !isDraft && existsSync(join(root, page));

  write(isPage ? page : "benchmarks/results/tables.md", isPage ? insert(readFileSync(join(root, page), "utf8"), tables) : `${tables}\n`);
  write(isPage ? "docs/images/performance.svg" : "benchmarks/results/performance.svg", drawChart(mainCases.map((test) => panel(figures, test))));
}

function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`${path} is written.`);
}

function insert(text, tables) {
  const markers = /(<!-- tables -->)[^]*(<!-- \/tables -->)/;

  if (!markers.test(text)) {
    throw new Error("docs/performance.md has no <!-- tables --> and <!-- /tables -->.");
  }

  return text.replace(markers, (_, start, end) => `${start}\n\n${tables}\n\n${end}`);
}

function panel(figures, test) {
  const bars = mainServers.map((server) => ({ server, label: names[server], value: figures.get(`${server} ${test.name}`)?.[test.field] }));
  const unit = test.unit === "KiB" ? "KiB of memory a connection" : `µs of CPU a ${test.name === "connect" ? "connection" : "delivery"}`;
  return { title: test.title, unit, digits: test.digits, bars: bars.filter(({ value }) => value != null) };
}

function read(file) {
  const rows = readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const latest = new Map();

  for (const row of rows.filter((row) => row.case)) {
    const key = `${row.server} ${row.case}`;
    const known = latest.get(key);

    if (known?.[0].run === row.run) {
      known.push(row);
    } else {
      latest.set(key, [row]);
    }
  }

  const figures = new Map();
  const errors = [];

  for (const [key, all] of latest) {
    const rounds = all.filter((row) => !row.error);
    errors.push(...all.filter((row) => row.error).map((row) => `${names[row.server]}, ${row.case}, round ${row.round} failed: ${row.error}`));
    errors.push(...rounds.filter((row) => row.closed > 0).map((row) => `${names[row.server]} closed ${row.closed} connections in ${row.case}.`));

    if (rounds.length > 0) {
      const fields = Object.keys(rounds[0]).filter((field) => rounds.some((row) => typeof row[field] === "number"));
      figures.set(key, Object.fromEntries(fields.map((field) => [field, median(rounds.map((row) => row[field]))])));
    }
  }

  return { figures, machine: rows.findLast((row) => row.machine)?.machine, errors };
}

function median(values) {
  const sorted = values.filter((value) => value != null).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function describe(machine) {
  return `${machine.cpu}, the server on one core and the generator on another; Linux ${machine.kernel}, .NET SDK ${machine.dotnet}, ` +
    `Node.js ${machine.node}. Medians of ${machine.rounds} round${machine.rounds === 1 ? "" : "s"} of ${machine.seconds} s.`;
}

function table(figures, cases, servers) {
  const lines = ["| | Server | Cost | × Salon | deliveries/s | p50 | p99 |", "|---|---|--:|--:|--:|--:|--:|"];

  for (const test of cases) {
    const salon = figures.get(`salon ${test.name}`)?.[test.field];
    const found = servers.filter((server) => figures.has(`${server} ${test.name}`));

    found.forEach((server, index) => {
      const row = figures.get(`${server} ${test.name}`);
      const value = row[test.field];
      const cells = [
        index === 0 ? test.title : "",
        names[server],
        value == null ? "–" : `${format(value, test.digits)} ${test.unit}`,
        salon > 0 && value != null ? format(value / salon, 2) : "–",
        format(row.deliveries_per_s, 0),
        time(row.p50_us),
        time(row.p99_us),
      ];
      lines.push(`| ${cells.join(" | ")} |`);
    });
  }

  return lines.length > 2 ? `${lines.join("\n")}\n\nCPU is the server's own, user and system, a delivery; for connecting, a connection; ` +
    "for idle connections the column is resident memory a connection instead." : "Not measured.";
}

function skipped(figures, machine) {
  return machine.files && machine.files < 50100 && !figures.has("salon idle-50000")
    ? `50,000 idle connections were not measured: this machine allows ${format(machine.files, 0)} open files a process.`
    : "";
}

function scaling(figures) {
  const lines = ["| | Cores | deliveries/s | cores used | deliveries a CPU second | p99 |", "|---|--:|--:|--:|--:|--:|"];

  for (const test of mainCases) {
    for (const [cores, server] of ["salon", "salon-2cores"].entries()) {
      const row = figures.has(`salon-2cores ${test.name}`) && figures.get(`${server} ${test.name}`);

      if (row) {
        lines.push(`| ${cores === 0 ? test.title : ""} | ${cores + 1} | ${format(row.deliveries_per_s, 0)} | ${format(row.server_cpu, 2)} | ` +
          `${format(1e6 / row.cpu_us_per_delivery, 0)} | ${time(row.p99_us)} |`);
      }
    }
  }

  return lines.length > 2 ? `${lines.join("\n")}\n\nThe machine has two cores and the generator needs one of them: with two, the server ` +
    "gets what the generator leaves. The figure to compare is the deliveries a CPU second: what a second core costs in efficiency."
    : "Not measured.";
}

function time(microseconds) {
  return microseconds == null ? "–" : microseconds >= 1000 ? `${format(microseconds / 1000, 1)} ms` : `${format(microseconds, 0)} µs`;
}

function format(value, digits) {
  return value == null ? "–" : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
