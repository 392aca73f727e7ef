// The same streams from Node.js's own http, as one would write them: a first event for who comes, and one string for all.
import { createServer } from "node:http";

const streams = new Set();
let sequence = 0;
let volume = 0;

const event = (name, data) => `id: mwqszde0gby-${++sequence}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

createServer((request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" });
  response.write(`retry: 3000\n\n${event("snapshot", { source: "replay", session: "open", live: true, time: Date.now(), symbols: [] })}`);
  streams.add(response);
  response.on("close", () => streams.delete(response));
}).listen(Number(process.env.PORT), "127.0.0.1");

setInterval(() => {
  const time = Date.now();
  volume += 10;
  const candle = event("candle", { symbol: "BENCH", interval: "1s", time, open: 100.25, high: 100.25, low: 100.25, close: 100.25, volume: 10 });
  const tick = event("tick", { symbol: "BENCH", price: 100.25, size: 10, volume, high: 100.25, low: 100.25, time });
  const both = candle + tick;
  for (const response of streams) response.write(both);
}, 1000);

setInterval(() => {
  for (const response of streams) response.write(": heartbeat\n\n");
}, 15_000);
