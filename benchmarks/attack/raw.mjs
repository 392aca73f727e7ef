// Connections that say whatever they are told to, from an address of their own. Nothing here keeps to a protocol, and nothing throws.
import { connect } from "node:net";
import { randomBytes } from "node:crypto";

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const pick = (items) => items[Math.floor(Math.random() * items.length)];

// A connection; `onData` null leaves in the network what the server sends. Its end is not an error: servers are expected to hang up.
export function open(port, localAddress, onData = () => {}) {
  const socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true });
  socket.on("error", () => {});
  socket.ended = new Promise((resolve) => socket.once("close", resolve));
  if (onData) socket.on("data", onData);
  else socket.pause();
  return socket;
}

export function frame(opcode, payload) {
  const body = Buffer.from(payload);
  const mask = randomBytes(4);
  const long = body.length > 65_535 ? 8 : body.length > 125 ? 2 : 0;
  const header = Buffer.alloc(2 + long);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (long === 8 ? 127 : long === 2 ? 126 : body.length);
  if (long === 2) header.writeUInt16BE(body.length, 2);
  else if (long === 8) header.writeBigUInt64BE(BigInt(body.length), 2);
  for (let i = 0; i < body.length; i++) body[i] ^= mask[i & 3];
  return Buffer.concat([header, mask, body]);
}

export const text = (payload) => frame(1, payload);

export function request(method, path, headers = {}, body = "") {
  const lines = Object.entries({ Host: "localhost", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

export const upgrade = (path) =>
  request("GET", path, {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
  });

// A WebSocket that has sent its handshake, and calls back for each text frame that is short enough to be of interest.
export function webSocket(port, localAddress, { path = "/socket.io/?EIO=4&transport=websocket", reads = true, onText } = {}) {
  const socket = open(port, localAddress, onText ? readText(onText) : reads ? undefined : null);
  socket.write(upgrade(path));
  return socket;
}

function readText(onText) {
  let buffered = Buffer.alloc(0);
  let isOpen = false;
  return (data) => {
    buffered = Buffer.concat([buffered, data]);
    if (!isOpen) {
      const end = buffered.indexOf("\r\n\r\n");
      if (end < 0) return;
      isOpen = true;
      buffered = buffered.subarray(end + 4);
    }
    for (;;) {
      if (buffered.length < 2) return;
      const short = buffered[1] & 127;
      const start = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (buffered.length < start) return;
      const length = short === 126 ? buffered.readUInt16BE(2) : short === 127 ? Number(buffered.readBigUInt64BE(2)) : short;
      if (buffered.length < start + length) return;
      if ((buffered[0] & 15) === 1) onText(buffered.toString("utf8", start, start + length));
      buffered = buffered.subarray(start + length);
    }
  };
}

// A client of the chat that has joined the namespace: resolves to the socket, or to null when the server did not let it in.
export function joinChat(port, localAddress, username, onText) {
  return new Promise((resolve) => {
    const socket = webSocket(port, localAddress, {
      onText: (packet) => {
        if (packet[0] === "0") socket.write(text(`40/chat,${JSON.stringify({ username })}`));
        else if (packet === "2") socket.write(text("3"));
        else if (packet.startsWith("40/chat,")) resolve(socket);
        else if (packet.startsWith("44/chat,")) socket.destroy();
        onText?.(packet, socket);
      },
    });
    socket.ended.then(() => resolve(null));
  });
}
