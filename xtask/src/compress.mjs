// Packs files for the web: brotli at its best, and gzip for the few that have nothing else.
// Reads lines of JSON from stdin: {"from": path, "br": path, "gz": path}. Started by site.rs; node brings both packers.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const jobs = (await text(process.stdin)).split('\n').filter(Boolean).map((line) => JSON.parse(line));

// Written beside and renamed, so that a half-written file is never taken for a whole one.
async function write(path, bytes) {
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}

await Promise.all(jobs.map(async ({ from, br, gz }) => {
  const bytes = await readFile(from);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  await write(gz, await promisify(gzip)(bytes, { level: 9 }));
  await write(br, await promisify(brotliCompress)(bytes, { params }));
}));
