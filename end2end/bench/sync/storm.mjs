// `cargo xtask bench storm`: 2,000 phones of 50 cells come online within 10 seconds with 20 ops each, on one server process. Each pushes, tries
// again after the waits of domain::sync::backoff when it is refused or gets no answer, and then pulls until there is no more.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { report, scratch } from '../../lib/env.mjs';
import { Server } from '../../lib/server.mjs';
import { Phone, taken } from './ours.mjs';
import { Postgres } from './postgres.mjs';
import { quantile } from './work.mjs';

const [CELLS, EACH, WITHIN] = [50, 20, 10_000];
const PHONES = Number(process.env.SLH_PHONES ?? 2000);
const WAITS = [1_000, 2_000, 5_000, 15_000];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const postgres = process.env.SLH_ON === 'postgres' ? await Postgres.start() : null;

const data = scratch('storm');
const server = await Server.start({ data, options: ['--demo-cells', String(CELLS), ...(postgres ? ['--database', postgres.database()] : [])] });
/** Memory of the server in MB: now, and the most so far. */
const memory = () => {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return ['VmRSS', 'VmHWM'].map((name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024);
};
const said = (list) => ['p50', 'p90', 'p99', 'max'].map((name, i) => `${name} ${quantile(list, [0.5, 0.9, 0.99, 1][i]).toFixed(0)} ms`).join(', ');

console.error(`signing ${PHONES} phones in`);
const phones = [];
for (let first = 0; first < PHONES; first += 50) {
  phones.push(...await Promise.all(Array.from({ length: Math.min(50, PHONES - first) }, (_, cell) => Phone.signIn(server.url, `demo-cell-${cell + 1}`, `Máy ${first}`))));
}
const cells = [];
for (let cell = 0; cell < Math.min(CELLS, phones.length); cell++) {
  const tables = await phones[cell].pull();
  const [unit] = phones[cell].account.me.roles.map((role) => role.unit);
  cells.push({
    unit,
    members: [...tables.get('member').keys()],
    meeting: [...tables.get('meeting').values()].find((one) => one.unit === unit && one.status === 'open').id,
  });
}
// Phones that were here before: they know the register.
for (const [n, phone] of phones.entries()) {
  const { unit, meeting, members } = cells[n % CELLS];
  phone.cursor = phones[n % CELLS].cursor;
  const start = (Math.floor(n / CELLS) * EACH) % members.length;
  phone.ops = phone.checkIns(unit, meeting, members.slice(start, start + EACH));
  phone.close();
}
const calm = memory()[0];

const [pushes, pulls, refusals] = [[], [], {}];
let [done, rows] = [0, 0];
async function comesOnline(phone) {
  await pause(Math.random() * WITHIN);
  const due = performance.now();
  for (let tries = 0; ; tries++) {
    const began = performance.now();
    let answer;
    try { answer = await phone.ask('POST', 'push', phone.body(phone.ops)); } catch (error) { answer = { status: error.code ?? 'no answer' }; }
    pushes.push(performance.now() - began);
    if (taken(answer) === EACH) break;
    refusals[answer.status] = (refusals[answer.status] ?? 0) + 1;
    if (tries > 20) throw new Error(`refused for ever: ${answer.status}`);
    const wait = WAITS[Math.min(tries, WAITS.length - 1)];
    await pause(wait - Math.random() * wait / 4);
  }
  done += EACH;
  phone.late = performance.now() - due;
  const began = performance.now();
  for (const table of (await phone.pull()).values()) rows += table.size;
  pulls.push(performance.now() - began);
  phone.close();
}

console.error('they come');
let most = 0;
const watch = setInterval(() => { most = Math.max(most, memory()[0]); }, 100);
const began = performance.now();
await Promise.all(phones.map(comesOnline));
const took = performance.now() - began;
clearInterval(watch);
const [after, high] = memory();

// What was acknowledged is there: a fresh phone of each cell counts.
let marks = 0;
for (let cell = 0; cell < cells.length; cell++) {
  const phone = await Phone.signIn(server.url, `demo-cell-${cell + 1}`, 'Máy đếm');
  for (const row of (await phone.pull()).get('presence').values()) marks += Object.keys(row.marks).length;
  phone.close();
}

const result = {
  phones: PHONES, ops: PHONES * EACH, done, marks, seconds: took / 1000, rows, refusals,
  push: { p50: quantile(pushes, 0.5), p99: quantile(pushes, 0.99), max: Math.max(...pushes) },
  pull: { p50: quantile(pulls, 0.5), p99: quantile(pulls, 0.99), max: Math.max(...pulls) },
  memory: { before: calm, most, after, high },
};
console.log(`${postgres ? 'PostgreSQL' : 'SQLite'}: ${done} of ${PHONES * EACH} ops taken in ${(took / 1000).toFixed(1)} s, of which the phones came in ${WITHIN / 1000} s`);
console.log(`in the book: ${marks} check-ins, acknowledged: ${done}${marks === done ? '' : ' – THEY DIFFER'}`);
console.log(`push: ${said(pushes)}\npull: ${said(pulls)} (${rows} rows)`);
console.log(`refused or unanswered and accepted on retry: ${JSON.stringify(refusals)}; refused for good: 0`);
console.log(`memory of the server: ${calm.toFixed(0)} MB before, ${Math.max(most, after).toFixed(0)} MB at most, ${after.toFixed(0)} MB after (highest since its start ${high.toFixed(0)} MB)`);
mkdirSync(report, { recursive: true });
writeFileSync(join(report, `storm${postgres ? '-postgres' : ''}.json`), `${JSON.stringify(result, null, 2)}\n`);
await server.stop();
await postgres?.stop();
process.exit(marks === done ? 0 : 1);
