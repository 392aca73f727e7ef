// Compresses the eight files of the client that the server embeds: node pack.mjs <output directory>
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotli, gzip } from "../../../eng/compress.mjs";

const output = process.argv[2];
const root = dirname(createRequire(import.meta.url).resolve("socket.io-client/package.json"));
const scripts = ["socket.io.js", "socket.io.min.js", "socket.io.msgpack.min.js", "socket.io.esm.min.js"];

mkdirSync(output, { recursive: true });

for (const name of scripts.flatMap((script) => [script, `${script}.map`])) {
  const content = readFileSync(join(root, "dist", name));
  writeFileSync(join(output, `${name}.gz`), gzip(content));
  writeFileSync(join(output, `${name}.br`), brotli(content));
}

writeFileSync(join(output, "version"), JSON.parse(readFileSync(join(root, "package.json"))).version);
