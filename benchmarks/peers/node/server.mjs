// The Node.js server with the events of benchmarks/Server. PORT=3000, ENGINE=ws (or uws), MSGPACK=1 for the MessagePack parser, REDIS_URL
// for the classic Redis adapter.
import { createServer } from "node:http";
import { Server } from "socket.io";

const port = Number(process.env.PORT ?? 3000);
const options = { serveClient: false };

if (process.env.MSGPACK === "1") {
  options.parser = (await import("socket.io-msgpack-parser")).default;
}

if (process.env.REDIS_URL) {
  const { createClient } = await import("redis");
  const { createAdapter } = await import("@socket.io/redis-adapter");
  const publisher = await createClient({ url: process.env.REDIS_URL }).connect();
  const subscriber = await publisher.duplicate().connect();
  options.adapter = createAdapter(publisher, subscriber);
}

const io = new Server(options);

io.on("connection", (socket) => {
  socket.on("echo", (value, ack) => ack(value));
  socket.on("broadcast", (value) => io.emit("b", value));
  socket.on("broadcast-ack", async (value, ack) => {
    await io.timeout(10000).emitWithAck("q", value).catch(() => {});  // some have left
    ack(value);
  });
  socket.on("join", async (room, ack) => {
    await socket.join(room);
    ack();
  });
  socket.on("say", (room, value) => io.to(room).emit("b", value));
});

if (process.env.ENGINE === "uws") {
  const { default: uWS } = await import("@trufflesuite/uws-js-unofficial");
  const app = new uWS.App();
  io.attachApp(app);
  app.listen("127.0.0.1", port, (listening) => {
    if (!listening) {
      throw new Error(`Port ${port} is in use.`);
    }
  });
} else {
  const server = createServer();
  io.attach(server);
  server.listen(port, "127.0.0.1");
}
