// Copies a built site and puts a compressed twin beside each file for which that pays: node pack-assets.mjs <from> <to>
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotli, gzip } from "./compress.mjs";

const [from, to] = process.argv.slice(2);
cpSync(from, to, { recursive: true });

for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;

  const path = join(entry.parentPath, entry.name);
  const content = readFileSync(path);
  const compressed = brotli(content);

  if (compressed.length < content.length * 0.9) {
    writeFileSync(`${path}.br`, compressed);
    writeFileSync(`${path}.gz`, gzip(content));
  }
}
