// Where things lie. `cargo xtask test` and `bench` name them; by hand, `cargo xtask build` and a server of any profile are enough.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const end2end = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(end2end, '..', 'target');

function newest(paths) {
  const found = paths.filter((path) => existsSync(path)).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!found.length) throw new Error(`none of these exists, build first: ${paths.join(', ')}`);
  return found[0];
}

export const serverProgram = () =>
  process.env.SLH_SERVER ?? newest(['quick', 'debug', 'release'].map((profile) => join(target, profile, 'server')));
export const siteFolder = () => process.env.SLH_SITE ?? join(target, 'site');
export const chromium = () => process.env.SLH_CHROMIUM ?? '/usr/bin/chromium';
export const shots = join(end2end, 'shots');
export const report = join(end2end, 'report');

const folders = new Set();
/** A folder of its own, gone when the process ends. */
export function scratch(name) {
  const folder = mkdtempSync(join(tmpdir(), `slh-${name}-`));
  folders.add(folder);
  return folder;
}
export function discard(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  folders.delete(folder);
}
process.on('exit', () => {
  for (const folder of folders) {
    try { rmSync(folder, { recursive: true, force: true }); } catch { /* a dying browser still writes; the system cleans /tmp */ }
  }
});
