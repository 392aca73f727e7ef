// node differential-server.mjs: the reference server in the forms that the differential cases name; says the port of each. DifferentialServers.cs
// is the same on Salon.
import { createServer } from "node:http";
import { Server } from "socket.io";

const forms = {
  usual: { allowEIO3: true },
  strict: {},
  pages: { cors: { origin: ["https://a.example", "https://b.example"], credentials: true }, cookie: true, allowEIO3: true },
  small: { maxHttpBufferSize: 1000 },
  silent: { allowEIO3: true, pingInterval: 200, pingTimeout: 300 },
  lively: { pingInterval: 200 },
  hasty: { connectTimeout: 300 },
  brief: { upgradeTimeout: 300 },
  stay: { allowUpgrades: false, transports: ["polling"], addTrailingSlash: true },
};

function serve(io) {
  for (let i = 0; i < 5; i++) io.of(`/alive-${i}`);
  io.of(/^\/room-\d+$/).on("connection", (socket) => socket.on("echo", (...args) => answer(socket, args)));
  io.of("/guarded").use((socket, next) =>
    socket.handshake.auth.token === "secret" || socket.handshake.query.token === "secret"
      ? next()
      : next(Object.assign(new Error("not authorized"), { data: { code: 401 } })),
  );
  io.of("/guarded").on("connection", (socket) => socket.on("echo", (...args) => answer(socket, args)));
  io.on("connection", (socket) => {
    socket.on("echo", (...args) => answer(socket, args));
    socket.on("ask", (...args) => socket.emit("question", ...args, (...answers) => socket.emit("answered", ...answers)));
    socket.on("auth", () => socket.emit("auth", socket.handshake.auth));
    socket.on("join", (room, callback) => (socket.join(room), callback?.()));
    socket.on("leave", (room, callback) => (socket.leave(room), callback?.()));
    socket.on("say", (room, text) => io.to(room).emit("said", text));
    socket.on("binary", () => socket.emit("binary", Buffer.from([1, 2, 3]), { deep: [Buffer.from([255])] }));
    socket.on("go", () => socket.disconnect());
    socket.on("close", () => socket.conn.close());
  });
}

/** The arguments come back: as the answer where one is asked for, as an event otherwise. */
function answer(socket, args) {
  if (typeof args.at(-1) === "function") args.pop()(...args);
  else socket.emit("echo", ...args);
}

const ports = {};
for (const [name, options] of Object.entries(forms)) {
  const http = createServer((_, response) => response.writeHead(404).end());
  serve(new Server(http, options));
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  ports[name] = http.address().port;
}
console.log(JSON.stringify(ports));
// Whoever started it is gone when its input ends.
process.stdin.on("end", () => process.exit(0)).resume();
