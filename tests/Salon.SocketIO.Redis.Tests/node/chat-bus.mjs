// A program that knows nothing of Salon but two channels of Redis: node chat-bus.mjs <redis> <room>. It greets, and answers everybody.
import { createClient } from "redis";

const [url, room] = process.argv.slice(2);
const publisher = await createClient({ url }).connect();
const subscriber = await publisher.duplicate().connect();

const say = (message) =>
  publisher.publish("chat:messages", JSON.stringify({ username: "Echo", room, message, time: new Date().toISOString() }));

await subscriber.subscribe("chat:messages", (text) => {
  const said = JSON.parse(text);

  if (said.room === room && said.username !== "Echo") {
    console.log(`[${said.room}] ${said.username}: ${said.message}`);
    say(`${said.username} said: ${said.message}`);
  }
});

await subscriber.subscribe("chat:room-notifications", (text) => {
  const { room, message } = JSON.parse(text);
  console.log(`[${room}] ${message}`);
});

await publisher.publish("chat:room-notifications", JSON.stringify({ room, message: "Echo listens from elsewhere" }));
await say("Hello from another program");
