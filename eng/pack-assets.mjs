// Copies a built site and puts a compressed twin beside each file for which that pays: node pack-assets.mjs <from> <to>
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [from, to] = process.argv.slice(2);
cpSync(from, to, { recursive: true });

for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;

  const path = join(entry.parentPath, entry.name);
  const content = readFileSync(path);
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });

  if (brotli.length < content.length * 0.9) {
    writeFileSync(`${path}.br`, brotli);
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  }
}
