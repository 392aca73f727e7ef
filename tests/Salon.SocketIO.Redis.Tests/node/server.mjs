// The reference's server, told what to do by clients: the same events as ClusterServer.cs.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { createClient } from "redis";
import redisAdapter from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";

export async function startServer(redisUrl, kind, options = {}, streams = {}) {
  const clients = [createClient({ url: redisUrl }), createClient({ url: redisUrl })];

  for (const client of clients) {
    client.on("error", () => {});
    await client.connect();
  }

  const adapter = {
    classic: () => redisAdapter.createAdapter(clients[0], clients[1]),
    sharded: () => redisAdapter.createShardedAdapter(clients[0], clients[1]),
    streams: () => createStreamsAdapter(clients[0], { blockTimeInMs: 500, ...streams }),
  }[kind]();
  const http = createServer();
  const io = new Server(http, { adapter, ...options });

  for (const name of ["/", "/other"]) {
    serve(io.of(name));
  }

  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${http.address().port}`,
    io,
    close: async () => {
      io.close();
      await Promise.all(clients.map((client) => client.disconnect().catch(() => {})));
    },
  };
}

function serve(nsp) {
  const heard = [];

  nsp.on("told", (...args) => {
    heard.push(args);
  });
  nsp.on("asked", (a, b, answer) => answer({ sum: a + b, by: "node" }));
  nsp.on("asked but silent", () => {});

  const choose = ({ rooms = [], except = [], volatile = false, local = false, timeout }) => {
    let choice = nsp.to(rooms).except(except);
    choice = volatile ? choice.volatile : choice;
    choice = local ? choice.local : choice;
    return timeout === undefined ? choice : choice.timeout(timeout);
  };

  nsp.on("connection", (socket) => {
    socket.data.by = "node";
    socket.data.bytes = Buffer.from([1, 2, 3]);
    socket.on("join", (rooms, done) => Promise.resolve(socket.join(rooms)).then(() => done()));
    socket.on("my rooms", (done) => done([...socket.rooms]));
    socket.on("emit", (to, name, ...args) => {
      const done = args.pop();
      choose(to).emit(name, ...args);
      done();
    });
    socket.on("ask", async (to, name, arg, done) => {
      try {
        done({ answers: await choose(to).emitWithAck(name, arg) });
      } catch (error) {
        done({ answers: error.responses ?? [], isPartial: true });
      }
    });
    socket.on("fetch", async (to, done) => {
      const sockets = await choose(to).fetchSockets();
      done(sockets.map(({ id, rooms, data, handshake }) => ({ id, rooms: [...rooms].sort(), data, handshake })));
    });
    socket.on("sockets join", (to, rooms, done) => (choose(to).socketsJoin(rooms), done()));
    socket.on("sockets leave", (to, rooms, done) => (choose(to).socketsLeave(rooms), done()));
    socket.on("disconnect sockets", (to, close, done) => (choose(to).disconnectSockets(close), done()));
    socket.on("tell servers", (...args) => {
      const done = args.pop();
      nsp.serverSideEmit("told", ...args);
      done();
    });
    socket.on("ask servers", async (name, a, b, done) => {
      try {
        done({ answers: await nsp.serverSideEmitWithAck(name, a, b) });
      } catch (error) {
        done({ answers: error.responses ?? [], isPartial: true });
      }
    });
    socket.on("ask one", async (id, name, arg, done) => {
      const [found] = await nsp.in(id).fetchSockets();
      try {
        done({ answer: await found.timeout(2000).emitWithAck(name, arg) });
      } catch (error) {
        done({ error: error.message });
      }
    });
    socket.on("heard", (done) => done(heard));
  });
}
