// node comeback.mjs <2|4> <server> <polling|websocket|upgrade>: ends with 0 when socket.io-client came back to a server that went away.
import assert from "node:assert/strict";
import old from "socket.io-client-2";
import { io as current } from "socket.io-client";

const [version, server, kind] = process.argv.slice(2);
const transports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] }[kind];
const socket = (version === "2" ? old : current)(server, { transports, reconnectionDelay: 100, reconnectionDelayMax: 200 });
let connections = 0;

socket.on("connect", () => {
  if (++connections < 2) return socket.emit("there");

  socket.emit("echo", "hello", (back) => {
    assert.equal(back, "hello");
    console.log("is back");
    process.exit(0);
  });
});
