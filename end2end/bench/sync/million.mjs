// `SLH_OPS=1000000 node bench/sync/million.mjs`: one phone that sends a million ops, in pushes of 100: what a broken or hostile phone could do. Every op
// must get an answer, the server must not grow with them, and others must be served meanwhile. SLH_SAME=1: all of them mark one person.
import { readFileSync } from 'node:fs';
import { scratch } from '../../lib/env.mjs';
import { Server } from '../../lib/server.mjs';
import { Phone } from './ours.mjs';
import { Postgres } from './postgres.mjs';
import { quantile } from './work.mjs';

const ALL = Number(process.env.SLH_OPS ?? 1_000_000);
const BATCH = 100;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const postgres = process.env.SLH_ON === 'postgres' ? await Postgres.start() : null;
const server = await Server.start({ data: scratch('million'), options: ['--demo-cells', '2', ...(postgres ? ['--database', postgres.database()] : [])] });
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024;

const phone = await Phone.signIn(server.url, 'demo-cell-1', 'Máy hỏng');
const other = await Phone.signIn(server.url, 'demo-cell-2', 'Máy khác');
const tables = await phone.pull();
const [unit] = phone.account.me.roles.map((role) => role.unit);
const members = [...tables.get('member').keys()];
const meeting = [...tables.get('meeting').values()].find((one) => one.unit === unit && one.status === 'open').id;
const theirs = await other.pull();
const [unit2] = other.account.me.roles.map((role) => role.unit);
const members2 = [...theirs.get('member').keys()];
const meeting2 = [...theirs.get('meeting').values()].find((one) => one.unit === unit2 && one.status === 'open').id;

const answers = {};
const [own, others] = [[], []];
let [sent, answered, refused, most] = [0, 0, 0, memory()];
const began = performance.now();
const first = memory();
while (sent < ALL) {
  const who = Array.from({ length: BATCH }, (_, n) => (process.env.SLH_SAME ? members[0] : members[(sent + n) % members.length]));
  const ops = phone.checkIns(unit, meeting, who);
  for (;;) {
    const start = performance.now();
    const answer = await phone.ask('POST', 'push', phone.body(ops)).catch((error) => ({ status: error.code ?? 'no answer' }));
    own.push(performance.now() - start);
    if (answer.status === 200 && answer.json.results.length === BATCH) {
      for (const { r, why } of answer.json.results) answers[why ? `${r} (${why})` : r] = (answers[why ? `${r} (${why})` : r] ?? 0) + 1;
      answered += BATCH;
      break;
    }
    refused += 1;
    if (refused > 200) throw new Error(`refused: ${answer.status}`);
    await pause(1000);
  }
  sent += BATCH;
  most = Math.max(most, memory());
  if (sent % (BATCH * 50) === 0) {
    const [op] = other.checkIns(unit2, meeting2, [members2[(sent / BATCH) % members2.length]]);
    const start = performance.now();
    await other.ask('POST', 'push', other.body([op]));
    others.push(performance.now() - start);
  }
  if (sent % (ALL / 10) === 0) {
    const recent = own.slice(-ALL / 10 / BATCH);
    console.log(`${sent}: ${((performance.now() - began) / 1000).toFixed(0)} s, a push ${quantile(recent, 0.5).toFixed(0)} ms (p99 ${quantile(recent, 0.99).toFixed(0)}), memory ${memory().toFixed(0)} MB`);
  }
}
const start = performance.now();
const fresh = await Phone.signIn(server.url, 'demo-cell-1', 'Máy mới');
const rows = await fresh.pull();
console.log(`${answered} of ${sent} answered: ${JSON.stringify(answers)}; not taken at first: ${refused}`);
console.log(`memory ${first.toFixed(0)} MB before, ${most.toFixed(0)} at most, ${memory().toFixed(0)} after; a fresh phone pulls ${[...rows.values()].reduce((n, t) => n + t.size, 0)} rows in ${(performance.now() - start).toFixed(0)} ms`);
console.log(`somebody else's check-in meanwhile: p50 ${quantile(others, 0.5).toFixed(0)} ms, max ${Math.max(...others).toFixed(0)} ms`);
phone.close(); other.close(); fresh.close();
await server.stop();
await postgres?.stop();
process.exit(answered === sent ? 0 : 1);
