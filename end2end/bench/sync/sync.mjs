// `cargo xtask bench sync`: 50 phones with 20 offline check-ins each connect at once; then a fresh phone pulls them; then it asks again and
// there is nothing new. Servers are processes of their own, this one drives. Every contestant is started anew in every round, rounds
// alternate, and an op counts as sent when the server has it on the disk. The table shows medians over the rounds; goals are ratios of medians.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { report } from '../../lib/env.mjs';
import { ours } from './ours.mjs';
import { Postgres } from './postgres.mjs';
import * as pouchdb from './pouchdb.mjs';
import * as sqlite from './sqlite.mjs';
import * as tinybase from './tinybase.mjs';
import { ALL, bytes, median, sorted } from './work.mjs';
import * as yjs from './yjs.mjs';

const ROUNDS = Math.max(1, Number(process.env.SLH_ROUNDS ?? 5));
process.setMaxListeners(0); // y-websocket's providers listen for the end, one each

// It takes more than a minute, and has no goal.
const RARE = new Set(['tinybase']);

const postgres = await Postgres.start();
const contestants = {
  'ours, SQLite': () => ours(),
  'ours, PostgreSQL': () => ours(postgres.database()),
  pouchdb: pouchdb.client,
  'pouchdb, bare requests': pouchdb.bare,
  yjs: yjs.client,
  tinybase: tinybase.client,
  'raw SQLite': sqlite.floor,
};
const only = process.env.SLH_ONLY ? process.env.SLH_ONLY.split(';') : null;
const names = Object.keys(contestants).filter((name) => !only || only.includes(name));

async function timed(work) {
  const began = performance.now();
  const value = await work();
  return [performance.now() - began, value];
}

/** One contestant, one round: milliseconds, and bytes per op. */
async function once(make) {
  const it = await make();
  try {
    const before = bytes();
    const [push, own] = await timed(() => it.push());
    const result = { push: own ?? push, bytes: (bytes() - before) / ALL };
    await it.between?.();
    if (!it.pull) return result;
    const whole = async (work, what) => {
      const [ms, found] = await timed(work);
      if (found !== ALL) throw new Error(`${what}: ${found} of ${ALL}`);
      return ms;
    };
    if (it.news) result.news = await whole(() => it.news(), 'news');
    result.pull = await whole(() => it.pull(), 'pull');
    if (it.rows) result.rows = it.rows;
    [result.idle] = await timed(() => it.idle());
    return result;
  } finally {
    await it.end();
  }
}

const rounds = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 1; round <= ROUNDS; round++) {
  for (const name of names.filter((name) => round === 1 || round === ROUNDS || !RARE.has(name))) {
    rounds[name].push(await once(contestants[name]));
    const { push, pull } = rounds[name].at(-1);
    console.error(`round ${round}, ${name}: push ${push.toFixed(0)} ms${pull ? `, pull ${pull.toFixed(0)} ms` : ''}`);
  }
}
await postgres.stop();

const values = (name, key) => rounds[name]?.map((one) => one[key]).filter((one) => one !== undefined) ?? [];
const of = (name, key) => median(values(name, key));
const shown = (name, key, digits, turn = (x) => x) => {
  const list = sorted(values(name, key).map(turn));
  if (!list.length) return '–';
  const text = (x) => x.toFixed(digits);
  return `${text(median(list))} (${text(list[0])}–${text(list.at(-1))})`;
};
const it = (name) => (name === 'raw SQLite' ? '–' : values(name, 'rows')[0] ?? ALL);
const rate = (ms) => ALL / (ms / 1000);
const table = [
  ['engine', 'rounds', 'push, ops/s', 'fresh pull, ms', 'rows in it', 'the 1,000 alone, ms', 'nothing new, ms', 'bytes per op'],
  ...names.map((name) => [name, rounds[name].length, shown(name, 'push', 0, rate), shown(name, 'pull', 1), it(name), shown(name, 'news', 1), shown(name, 'idle', 1), shown(name, 'bytes', 0)]),
];

/** [what, ours, other, at least or at most, how much] */
const goals = (me) => [
  ['push against pouchdb', of('pouchdb', 'push') / of(me, 'push'), '>=', 3],
  ['push against yjs', of('yjs', 'push') / of(me, 'push'), '>=', 1.5],
  ['push against raw SQLite', of('raw SQLite', 'push') / of(me, 'push'), '>=', 0.25],
  ['fresh pull against pouchdb', of(me, 'pull') / of('pouchdb', 'pull'), '<=', 0.15],
  ['nothing new against pouchdb', of(me, 'idle') / of('pouchdb', 'idle'), '<=', 1],
  ['bytes per op against pouchdb', of(me, 'bytes') / of('pouchdb', 'bytes'), '<=', 0.5],
  ['(no goal) push against pouchdb with bare requests', of('pouchdb, bare requests', 'push') / of(me, 'push'), '', 0],
  ['(no goal) fresh pull against pouchdb with bare requests', of(me, 'pull') / of('pouchdb, bare requests', 'pull'), '', 0],
];
const verdict = (ratio, how, goal) => (how === '' ? '' : (how === '>=' ? ratio >= goal : ratio <= goal) ? 'met' : 'MISSED');
const measured = names.filter((name) => name.startsWith('ours')).flatMap((me) =>
  goals(me).filter(([, ratio]) => Number.isFinite(ratio)).map(([what, ratio, how, goal]) => ({ me, what, ratio, goal: `${how} ${goal}`, verdict: verdict(ratio, how, goal) })));

const print = (rows) => rows.map((row) => `| ${row.join(' | ')} |`).join('\n').replace('\n', `\n|${'---|'.repeat(rows[0].length)}\n`);
console.log(`\n${ROUNDS} rounds, medians (lowest–highest), ${cpus().length} processors\n\n${print(table)}\n`);
console.log(print([['', 'ratio', 'goal', ''], ...measured.map((one) => [`${one.me}: ${one.what}`, one.ratio.toFixed(2), one.verdict ? one.goal : '–', one.verdict])]));
mkdirSync(report, { recursive: true });
writeFileSync(join(report, 'sync.json'), `${JSON.stringify({ rounds, measured }, null, 2)}\n`);
process.exit(0);
