// The next release of the site, made from a copy: another build, another boot script, everything else the same.
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch, siteFolder } from './env.mjs';

/** Gives {folder, build, boot} of the copy. */
export function nextRelease(site = siteFolder()) {
  const folder = scratch('site');
  cpSync(site, folder, { recursive: true });
  const list = join(folder, 'assets.json');
  const assets = JSON.parse(readFileSync(list, 'utf8'));
  const build = [...assets.build].reverse().join('');
  const boot = assets.boot.replace(/-[^-/]+\.js$/, `-${build}.js`);
  const old = join(folder, assets.boot);
  writeFileSync(join(folder, boot), `${readFileSync(old, 'utf8')}\n// the next release\n`);
  rmSync(old);

  const worker = join(folder, 'sw.js');
  const text = readFileSync(worker, 'utf8').replaceAll(assets.build, build).replaceAll(assets.boot, boot);
  if (!text.includes(build) || !text.includes(boot)) throw new Error('the worker names neither build nor boot script');
  writeFileSync(worker, text);
  writeFileSync(list, JSON.stringify({ ...assets, build, boot, precache: assets.precache.map((path) => (path === assets.boot ? boot : path)) }));
  // Packed copies of what changed are stale now.
  for (const name of readdirSync(folder, { recursive: true })) {
    if (/(?:sw\.js|assets\.json|boot-[^/]*\.js)\.(?:br|gz)$/.test(name)) rmSync(join(folder, name));
  }
  return { folder, build, boot, old: assets };
}
