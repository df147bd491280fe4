// T7 of docs/reliability.md: the browser is killed (kill -9) at every delay after a tap. What the screen called saved is there again; what it
// did not call saved is there or was never shown; the server gets each once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allSent, isSaved, openRoll, rows, signIn, tap, unsent } from '../lib/app.mjs';
import { evening, membersOf, once, stateOf, statusOf, witnesses } from '../lib/evening.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps } from '../lib/until.mjs';

/** After *Đã lưu trên máy này*, ms. Chromium writes localStorage some seconds late: a copy there alone would be lost up to the fifth second. */
const DELAYS = [0, 10, 50, 200, 1000, 3000, 5000, 10_000];
/** After a tap that nobody waits for, ms: before, in and after the commit. */
const MID_TAP = [0, 2, 5, 10, 20];

let server;
let phone;
before(async () => { server = await Server.start(); });
after(async () => {
  await phone?.throwAway();
  await server?.stop();
});
const pass = (ms) => new Promise((done) => setTimeout(done, ms));

/** The texts of the members' rows as they lie in IndexedDB, by id. */
const membersOnDisk = (page) => page.evaluate(async () => {
  const db = await new Promise((done) => { const asked = indexedDB.open('so-lien-he'); asked.onsuccess = () => done(asked.result); });
  const ask = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const rows = db.transaction('row').objectStore('row');
  const [keys, texts] = await Promise.all([ask(rows.getAllKeys()), ask(rows.getAll())]);
  db.close();
  return Object.fromEntries(keys.map((key, n) => [key, texts[n]]).filter(([key]) => key.startsWith('member/')).map(([key, text]) => [key.slice(7), text]));
});

test('what is called saved outlives kill -9 of the browser, whenever it comes', async (t) => {
  const step = steps(t);
  const { api, cell, meeting } = await evening(server);
  const fresh = await membersOf(api, cell);
  const take = (n) => fresh.splice(0, n);
  phone = await Phone.make(server, { name: 'may-bi-thu' });
  await signIn(phone, 'demo-secretary');
  await openRoll(phone, meeting.id, 306);
  await phone.settled();
  // Chromium writes a cookie to the disk up to half a minute after it came, or when it is closed.
  await phone.close();
  await phone.start();
  await openRoll(phone, meeting.id, 306);
  await phone.airplane();

  const kept = [];
  /** Killed, started again without network: everything that was called saved is there, and counted. */
  const kill = async () => {
    await phone.killAndStart();
    await openRoll(phone, meeting.id, 306);
    const shown = new Map((await rows(phone.page)).map((one) => [one.member, one]));
    for (const id of kept) assert.deepEqual([shown.get(id).status, shown.get(id).state], ['present', 'saved'], id);
    return shown;
  };
  const saved = async (ids) => {
    for (const id of ids) await tap(phone.page, id);
    for (const id of ids) await isSaved(phone.page, id);
    kept.push(...ids);
  };

  for (const delay of DELAYS) {
    await step(`${delay} ms after it was called saved`, async () => {
      await saved(take(1));
      await pass(delay);
      await kill();
      assert.equal(await unsent(phone.page), kept.length);
    });
  }
  await step('after a burst', async () => {
    await saved(take(12));
    await kill();
    assert.equal(await unsent(phone.page), kept.length);
  });
  await step('in the middle of a tap: there, or never shown', async () => {
    const half = [];
    for (const delay of MID_TAP) {
      const [id] = take(1);
      half.push(id);
      await tap(phone.page, id);
      await pass(delay);
      const said = await stateOf(phone.page, id);
      if (said === 'saved') kept.push(id);
      const shown = await kill();
      const { status, state } = shown.get(id);
      assert.ok((status === 'present' && state === 'saved') || (status === 'unmarked' && state === null), `${delay} ms: said ${said}, now ${status}, ${state}`);
      if (state === 'saved' && said !== 'saved') kept.push(id);
    }
    assert.equal(await unsent(phone.page), kept.length);
    const lost = half.filter((id) => !kept.includes(id));
    assert.deepEqual(await witnesses(api, meeting.id, lost), lost.map(() => 0));
  });
  await step('online, the server has each once, and nobody else', async () => {
    await phone.airplane(false);
    await allSent(phone.page, 60_000);
    await once(api, meeting.id, kept);
    // Answered ops stay in IndexedDB for a restore of the server; their spare copies go.
    await becomes('the spare copies are gone', () => phone.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('op:')).length), 0);
    const { presence } = await api.everything();
    const counted = [...presence.values()].filter((one) => one.meeting === meeting.id && Object.keys(one.marks).length > 0);
    assert.equal(counted.length, kept.length);
  });
  await step('after the whole roster came anew', async () => {
    // Everybody in the register changes, and the phone writes 306 rows: what Chromium then has to write late is large.
    const { member } = await api.everything();
    const all = [...member.values()].filter((one) => one.cell === cell && !one.ended);
    const before = await membersOnDisk(phone.page);
    for (let from = 0; from < all.length; from += 50) {
      const ops = all.slice(from, from + 50).map((one) => ({ unit: cell, kind: 'member.put', body: { member: { ...one, address: 'Số 1, đường Mẫu' } } }));
      const results = await api.push(ops);
      assert.deepEqual(results.filter(({ r }) => r !== 'applied'), []);
    }
    await openRoll(phone, meeting.id, 306);
    // They lie there closed: that each of them was written anew is all that can be seen from outside.
    await becomes('the rows on the disk are the new ones', async () => {
      const now = await membersOnDisk(phone.page);
      return all.filter(({ id }) => now[id] && now[id] !== before[id]).length;
    }, all.length, 30_000);
    await phone.airplane();
    kept.length = 0;
    const [id] = take(1);
    await saved([id]);
    await kill();
    assert.equal(await unsent(phone.page), 1);
    await phone.airplane(false);
    await allSent(phone.page, 60_000);
    await once(api, meeting.id, [id]);
    assert.equal(await statusOf(phone.page, id), 'present');
  });
  await step('no complaints', async () => { assert.deepEqual(phone.complaints, []); });
});
