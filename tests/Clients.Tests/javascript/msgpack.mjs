// node msgpack.mjs < packets: what the official parser makes of each packet, a line of JSON each; {"$bin":"hex"} is binary data.
import { readFileSync } from "node:fs";
import msgpack from "socket.io-msgpack-parser";

const revive = (key, value) => (typeof value?.$bin === "string" ? Buffer.from(value.$bin, "hex") : value);
const encoder = new msgpack.Encoder();

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const [encoded] = encoder.encode(JSON.parse(line, revive));
  const decoder = new msgpack.Decoder();
  decoder.on("decoded", () => console.log(Buffer.from(encoded).toString("hex")));
  decoder.add(encoded);
}
