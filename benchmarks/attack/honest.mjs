// People who talk: node honest.mjs PORT PEOPLE, then a line "measure NAME" or "end" on standard input for each phase. 300 of them are a school behind one
// address. Every tenth is a client of polling. Prints a line of JSON for each phase.
import { Agent, request as send } from "node:http";
import { createInterface } from "node:readline";
import { joinChat, sleep, text } from "./raw.mjs";

const port = Number(process.argv[2]);
const people = Number(process.argv[3]);
const roomSize = 10;
const pause = 10_000; // between two messages of one person
const asked = new Map();
const state = { connected: 0, lost: 0, refused: 0 };
let phase = { name: "", answers: [], deliveries: [], sent: 0 };
let isOver = false;
let isLeaving = false;

const addressOf = (i) => (i < 300 ? "127.0.1.1" : `127.0.1.${2 + (i % 50)}`);

function onPacket(packet) {
  const now = performance.now();
  const ack = packet.match(/^43\/chat,(\d+)\[/);
  if (ack && asked.has(ack[1])) {
    const { at, phase: of } = asked.get(ack[1]);
    asked.delete(ack[1]);
    if (packet.includes('"ok":true')) of.answers.push(now - at);
    else state.refused++;
  } else if (packet.startsWith('42/chat,["message"')) {
    const at = packet.match(/"text":"at ([\d.]+) (\w+)"/);
    if (at && at[2] === phase.name) phase.deliveries.push(now - Number(at[1]));
  }
}

async function overWebSocket(i) {
  const socket = await joinChat(port, addressOf(i), `Person ${i}`, onPacket);
  if (!socket) return null;
  socket.ended.then(() => isOver || state.lost++);
  return (packet) => socket.write(text(packet));
}

// A client of long-polling, with the order of the protocol: one GET and one POST at a time.
async function overPolling(i) {
  const agent = new Agent({ keepAlive: true, localAddress: addressOf(i) });
  let posting = Promise.resolve();
  const call = (method, query, body) =>
    new Promise((resolve, reject) => {
      const request = send({ port, host: "127.0.0.1", path: `/socket.io/?EIO=4&transport=polling${query}`, method, agent, headers: body ? { "Content-Length": Buffer.byteLength(body) } : {} }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (data) => (text += data)).on("end", () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode}`))));
      });
      request.on("error", reject);
      request.end(body);
    });
  const lose = () => isOver || state.lost++;
  const { sid } = JSON.parse((await call("GET", "")).slice(1));
  const write = (packet) => (posting = posting.then(() => call("POST", `&sid=${sid}`, packet)).catch(lose));
  await write(`40/chat,{"username":"Person ${i}"}`);
  let joined;
  const isIn = new Promise((resolve) => (joined = resolve));
  (async () => {
    while (!isOver) {
      for (const packet of (await call("GET", `&sid=${sid}`)).split("\x1e")) {
        if (packet === "2") write("3");
        else if (packet.startsWith("40/chat,")) joined();
        else onPacket(packet);
      }
    }
  })().catch(lose);
  await isIn;
  return write;
}

let serial = 0;

async function live(i) {
  const write = await (i % 10 === 9 ? overPolling(i) : overWebSocket(i));
  if (!write) return state.lost++;
  state.connected++;
  const room = `class ${Math.floor(i / roomSize)}`;
  const ask = (event, body) => {
    const id = `${serial++}`;
    asked.set(id, { at: performance.now(), phase });
    write(`42/chat,${id}${JSON.stringify([event, body])}`);
  };
  ask("room:join", { room });
  await sleep(Math.random() * pause);
  while (!isOver) {
    if (phase.name && !isLeaving) {
      phase.sent++;
      ask("message:send", { room, text: `at ${performance.now().toFixed(3)} ${phase.name}` });
    }
    await sleep(pause * (0.5 + Math.random()));
  }
}

const percentile = (values, p) => (values.sort((a, b) => a - b), values.length ? Math.round(values[Math.min(values.length - 1, Math.floor(values.length * p))] * 10) / 10 : null);

function report() {
  if (!phase.name) return;
  const { name, answers, deliveries, sent } = phase;
  console.log(JSON.stringify({
    name, ...state, sent, answered: answers.length, unanswered: asked.size,
    p50: percentile(answers, 0.5), p99: percentile(answers, 0.99), max: percentile(answers, 1),
    deliveries: deliveries.length, deliveryP50: percentile(deliveries, 0.5), deliveryP99: percentile(deliveries, 0.99),
  }));
}

for (let i = 0; i < people; i++) {
  live(i);
  await sleep(10);
}
while (state.connected + state.lost < people) await sleep(100);
console.log(JSON.stringify({ name: "ready", ...state }));

for await (const line of createInterface({ input: process.stdin })) {
  const [command, name] = line.split(" ");
  isLeaving = command === "end";
  await sleep(isLeaving ? 5_000 : 500); // what is on its way belongs to the phase that ends
  report();
  if (command === "end") break;
  phase = { name, answers: [], deliveries: [], sent: 0 };
}
isOver = true;
process.exit(0);
