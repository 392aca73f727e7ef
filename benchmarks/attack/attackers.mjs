// Everything at once that an anonymous client can do to a server, from fifty addresses: node attackers.mjs PORT SECONDS [KIND…]
import { randomBytes } from "node:crypto";
import { setPriority } from "node:os";
import { frame, joinChat, open, pick, request, sleep, text, webSocket } from "./raw.mjs";

const port = Number(process.argv[2]);
const end = Date.now() + Number(process.argv[3]) * 1000;
const addresses = Array.from({ length: 50 }, (_, i) => `127.0.0.${i + 2}`);
const handshake = "/socket.io/?EIO=4&transport=polling";
const done = {};
let serial = 0;

// Honest clients share a core with these: the attack takes what they leave.
setPriority(10);

const isOn = () => Date.now() < end;
const count = (what, by = 1) => (done[what] = (done[what] ?? 0) + by);

// Writes as fast as the connection takes it, until it ends or its time is over.
async function pour(socket, chunk, what, ms = 5_000) {
  const until = Math.min(end, Date.now() + ms);
  while (Date.now() < until && !socket.destroyed) {
    count(what, chunk.length);
    if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), socket.ended, sleep(500)]);
    else await sleep(1);
  }
  socket.destroy();
}

// A session of polling, read just so far that its id is known.
function openSession(address, headers) {
  return new Promise((resolve) => {
    const socket = open(port, address);
    let got = "";
    socket.on("data", (data) => {
      got += data;
      const id = got.match(/"sid":"([^"]+)"/)?.[1];
      if (id) resolve({ id, socket });
    });
    socket.ended.then(() => resolve(null));
    socket.write(request("GET", handshake, headers));
    setTimeout(() => socket.destroy(), 3_000);
  });
}

const kinds = {
  // Pings that want pongs, from somebody who reads nothing.
  async pings(address) {
    const socket = webSocket(port, address, { reads: false });
    await sleep(100);
    await pour(socket, Buffer.concat(Array.from({ length: 2_000 }, () => frame(9, ""))), "bytes of pings");
  },

  // A session for each request, with as many headers as fit, left at once.
  async sessions(address) {
    const opened = await openSession(address, Object.fromEntries(Array.from({ length: 3 }, (_, i) => [`X-${i}`, "x".repeat(9_000)])));
    opened?.socket.destroy();
    count("sessions left");
    await sleep(20);
  },

  // The half of a binary packet, and its other half never.
  async halves(address) {
    const socket = webSocket(port, address);
    await sleep(100);
    socket.write(text(`40/chat,{"username":"half ${serial++}"}`));
    await sleep(100);
    socket.write(text(`4510-/chat,["message:send",{"_placeholder":true,"num":0}]`));
    for (let i = 0; i < 9; i++) socket.write(frame(2, Buffer.alloc(900_000)));
    count("half packets");
    await Promise.race([sleep(5_000), socket.ended]);
    socket.destroy();
  },

  // Large names and proofs of who one is, for namespaces that may not exist.
  async namespaces(address) {
    const socket = webSocket(port, address);
    await sleep(100);
    for (let i = 0; i < 50; i++) socket.write(text(`40/${"n".repeat(50_000)}${i},{"x":"${"y".repeat(50_000)}"}`));
    count("large CONNECTs", 50);
    await Promise.race([sleep(1_000), socket.ended]);
    socket.destroy();
  },

  // Says as much as it can, and goes out and in again when it is told to wait.
  async flood(address) {
    const socket = await joinChat(port, address, `flood ${serial++}`);
    if (!socket) return sleep(500);
    const until = Math.min(end, Date.now() + 5_000);
    while (Date.now() < until && !socket.destroyed) {
      socket.write(text('42/chat,1["room:join",{"room":"general"}]'));
      for (let i = 0; i < 120; i++) socket.write(text(`42/chat,2["message:send",{"room":"general","text":"${serial++}"}]`));
      socket.write(text("41/chat,"));
      socket.write(text(`40/chat,{"username":"flood ${serial++}"}`));
      count("messages of floods", 120);
      await sleep(100);
    }
    socket.destroy();
  },

  // Makes rooms that nobody needs.
  async rooms(address) {
    const socket = await joinChat(port, address, `founder ${serial++}`);
    if (!socket) return sleep(500);
    for (let i = 0; i < 100 && isOn(); i++) {
      socket.write(text(`42/chat,1["room:join",{"room":"room ${serial}"}]`) );
      socket.write(text(`42/chat,2["room:leave",{"room":"room ${serial++}"}]`));
      count("rooms asked for");
      await sleep(5);
    }
    socket.destroy();
  },

  // Short questions with long answers.
  async questions(address) {
    const socket = await joinChat(port, address, `curious ${serial++}`);
    if (!socket) return sleep(500);
    socket.write(text('42/chat,1["room:join",{"room":"general"}]'));
    for (let i = 0; i < 100 && isOn() && !socket.destroyed; i++) {
      socket.write(text('42/chat,2["room:list",{}]'));
      socket.write(text('42/chat,3["room:history",{"room":"general","limit":200}]'));
      count("questions", 2);
      await sleep(10);
    }
    socket.destroy();
  },

  // Comes and goes, so that everybody must be told.
  async comings(address) {
    const socket = await joinChat(port, address, `${"long name ".repeat(2)}${serial++}`);
    if (!socket) return sleep(500);
    for (let i = 0; i < 30 && isOn() && !socket.destroyed; i++) {
      socket.write(text('42/chat,1["room:join",{"room":"general"}]'));
      socket.write(text('42/chat,2["room:leave",{"room":"general"}]'));
      count("comings and goings");
      await sleep(20);
    }
    socket.destroy();
  },

  // A POST that takes for ever.
  async slow(address) {
    const opened = await openSession(address);
    if (!opened) return sleep(500);
    const socket = open(port, address);
    socket.write(request("POST", `${handshake}&sid=${opened.id}`, { "Content-Length": 900_000 }));
    count("slow POSTs");
    const until = Math.min(end, Date.now() + 60_000);
    while (Date.now() < until && !socket.destroyed) {
      socket.write("x".repeat(300));
      await sleep(1_000);
    }
    socket.destroy();
  },

  // Bodies that are larger than any may be.
  async large(address) {
    const opened = await openSession(address);
    if (!opened) return sleep(500);
    const socket = open(port, address);
    socket.write(request("POST", `${handshake}&sid=${opened.id}`, { "Transfer-Encoding": "chunked" }));
    await pour(socket, Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536, "4"), Buffer.from("\r\n")]), "bytes of large POSTs", 2_000);
  },

  // What is no protocol at all.
  async garbage(address) {
    const socket = open(port, address);
    const start = pick(["", "GET /socket.io/?EIO=4 HTTP/1.1\r\n", request("GET", handshake), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]);
    socket.write(start);
    socket.write(randomBytes(20_000));
    count("garbage");
    await sleep(100);
    socket.destroy();
  },

  // Packets of all kinds that are wrong.
  async packets(address) {
    const socket = webSocket(port, address);
    await sleep(50);
    socket.write(text(`40/chat,{"username":"wrong ${serial++}"}`));
    for (let i = 0; i < 20; i++) {
      socket.write(frame(pick([0, 1, 2, 8, 9, 10]), pick(["42", "4", "42/chat,[]", '42/chat,["x"', "451-/chat,[]", "43/chat,9[1]", randomBytes(10), "2probe", "5", "b4AQI="])));
      count("wrong packets");
    }
    await sleep(100);
    socket.destroy();
  },

  // All places of the native chat, and all runs of the lab.
  async places(address) {
    const sockets = Array.from({ length: 60 }, () => webSocket(port, address, { path: "/ws/chat" }));
    const lab = open(port, address);
    for (let i = 0; i < 20; i++) lab.write(request("POST", "/lab/runs", { "Content-Type": "application/json", "Content-Length": 2 }, "{}"));
    count("places", 80);
    await sleep(5_000);
    for (const socket of [...sockets, lab]) socket.destroy();
  },

  // Connections by the hundred, of which nothing comes.
  async connections(address) {
    const sockets = Array.from({ length: 100 }, () => open(port, address));
    count("silent connections", 100);
    await sleep(pick([100, 5_000]));
    for (const socket of sockets) socket.destroy();
  },

  // Event streams that nobody reads.
  async streams(address) {
    const socket = open(port, address, null);
    socket.write(request("GET", "/stocks/stream"));
    count("streams not read");
    await Promise.race([sleep(20_000), socket.ended]);
    socket.destroy();
  },
};

async function run(kind, address) {
  while (isOn()) {
    await kinds[kind](address);
    await sleep(5);
  }
}

const names = process.argv.length > 4 ? process.argv.slice(4) : Object.keys(kinds);
// Each address does something different, and several of each kind are at work at any time.
await Promise.all(addresses.flatMap((address, i) => [run(names[i % names.length], address), run(names[(i * 7 + 3) % names.length], address)]));
console.log(JSON.stringify(done));
process.exit(0);
