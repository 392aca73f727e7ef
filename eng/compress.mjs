// How files are compressed at build time: as small as can be, since it is done once.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

export const brotli = (content) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });

export const gzip = (content) => gzipSync(content, { level: 9 });
