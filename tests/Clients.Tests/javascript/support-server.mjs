// node support-server.mjs [forgets]: the reference server with what support.mjs and defects.mjs ask for; says its port. SupportServer.cs is the same on Salon.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((_, response) => response.writeHead(404).end());
const io = new Server(http, {
  pingInterval: 100,
  connectionStateRecovery: process.argv[2] === "forgets" ? undefined : {},
  cookie: true,
  allowRequest: (request, callback) => callback(null, !request.url.includes("forbidden")),
});
const outcomes = {};
const utf8 = ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "\u{1F600}"];

io.use((socket, next) => (socket.handshake.query.fail ? next(new Error("Auth failed (main namespace)")) : next()));
io.of("/no").use((_, next) => next(new Error("Auth failed (custom namespace)")));
io.of("/no-data").use((_, next) => next(Object.assign(new Error("with data"), { data: { code: 42 } })));
io.of("/foo").on("connection", (socket) => socket.on("getId", (callback) => callback(socket.id)));
io.of("/valid").on("connection", () => {});
io.of("/timeout_socket").on("connection", () => {});
io.of("/abc").on("connection", (socket) => socket.emit("handshake", socket.handshake));

io.on("connection", (socket) => {
  let first = false;
  const tries = {};
  socket.on("hi", () => socket.emit("hi"));
  socket.on("echo", (value, callback) => callback(value));
  socket.on("ack", () => socket.emit("ack", (a, b) => a === 5 && b.b === true && socket.emit("got it")));
  socket.on("getAckDate", (_, callback) => callback(new Date()));
  socket.on("getDate", () => socket.emit("takeDate", new Date()));
  socket.on("getDateObj", () => socket.emit("takeDateObj", { date: new Date() }));
  socket.on("getUtf8", () => utf8.forEach((text) => socket.emit("takeUtf8", text)));
  socket.on("false", () => socket.emit("false", false));
  socket.on("null", () => socket.emit("null", null));
  socket.on("doge", () => socket.emit("doge", Buffer.from("asdfasdf")));
  socket.on("buffa", (data) => Buffer.isBuffer(data) && socket.emit("buffack"));
  socket.on("jsonbuff", (data) => data.hello === "lol" && Buffer.isBuffer(data.message) && data.goodbye === "gotcha" && socket.emit("jsonbuff-ack"));
  socket.on("abuff1", () => (first = true));
  socket.on("abuff2", () => first && socket.emit("abuff2-ack"));
  socket.on("callAckBinary", () => socket.emit("ackBinary", (data) => Buffer.isBuffer(data) && socket.emit("ackBinary-ok")));
  socket.on("getAckBinary", (_, callback) => callback(Buffer.from("huehue")));
  socket.on("getHandshake", (callback) => callback(socket.handshake));
  socket.on("getId", (callback) => callback(socket.id));
  socket.on("many", (...args) => args.pop()(args.length));
  socket.on("never", () => {});
  socket.on("requestDisconnect", () => socket.disconnect());
  socket.on("requestClose", () => socket.conn.close());
  socket.on("secondTry", (id, callback) => (tries[id] = (tries[id] ?? 0) + 1) > 1 && callback(tries[id]));
  socket.on("join", (room, callback) => (socket.join(room), callback()));
  socket.on("tell", (room, text) => socket.to(room).emit("told", text));
});

io.on("connection", (socket) => {
  socket.on("leave, then emit", () => {
    socket.disconnect();
    socket.emit("ghost");
    setTimeout(() => socket.conn.close(), 200);
  });
  socket.on("ask", (id) => {
    outcomes[id] = "waiting";
    socket.emitWithAck("question").then(() => (outcomes[id] = "answered"), () => (outcomes[id] = "failed"));
  });
  socket.on("outcome", (id, callback) => callback(outcomes[id]));
  socket.on("ask all", (callback) => {
    try {
      io.emitWithAck("question").then((answers) => callback(answers.length), (error) => callback(error.message));
    } catch (error) {
      callback(error.message);
    }
  });
  socket.on("ask the room", (callback) => io.to("asked").emit("question", (error, answers) => callback(error ? error.message : answers.length)));
});

http.listen(0, () => console.log(`Now listening on: http://localhost:${http.address().port}`));
