// What benchmarks have to do with the processes that they measure.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What a process has taken in its program and in the system for it, in µs.
export const processorTimes = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return [Number(fields[11]) * 10_000, Number(fields[12]) * 10_000];
};

// Both together.
export const cpu = (pid) => processorTimes(pid).reduce((user, system) => user + system);

// Waits until a server of Socket.IO answers.
export async function listening(port) {
  for (let i = 0; i < 200; i++) {
    try {
      await fetch(`http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`);
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`Nobody listens on ${port}.`);
}
