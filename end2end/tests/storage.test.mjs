// What the phone's storage goes through: a killed browser, no room, no storage at all, damaged bytes, two tabs, a sign-out with a full
// outbox. The screen never says "saved" of what would be gone.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { allSent, byId, isSaved, open, openRoll, row, rows, signIn, tap, unsent } from '../lib/app.mjs';
import { evening, membersOf, once, stateOf, statusOf } from '../lib/evening.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, until } from '../lib/until.mjs';

let server;
let api;
let meeting;
let cell;
let fresh; // members whom no test has touched yet
let phone; // of the test that runs

before(async () => {
  server = await Server.start();
  ({ api, cell, meeting } = await evening(server));
  fresh = await membersOf(api, cell);
});
beforeEach(async () => {
  phone = await Phone.make(server, { name: 'may-bi-thu' });
});
after(() => server?.stop());

const take = (n) => fresh.splice(0, n);
const rollHere = async () => {
  await signIn(phone, 'demo-secretary');
  await openRoll(phone, meeting.id, 306);
};
const end = async (complaints = true) => {
  if (complaints) assert.deepEqual(phone.complaints, []);
  await phone.throwAway();
};
/** The stores of the phone, as they are on its disk. */
const stored = (page) => page.evaluate(async () => {
  const db = await new Promise((done, fail) => {
    const request = indexedDB.open('so-lien-he');
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const store = db.transaction('op').objectStore('op');
  const ask = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const [keys, values] = await Promise.all([ask(store.getAllKeys()), ask(store.getAll())]);
  db.close();
  return { idb: keys.map((key, i) => ({ key, ...values[i] })), local: Object.keys(localStorage).filter((key) => key.startsWith('op:')).map((key) => key.slice(3)) };
});

test('an op that is only in one of the two stores is sent, and the other is repaired', async () => {
  await rollHere();
  await phone.settled();
  await phone.airplane();
  const [onlyLocal, onlyIdb] = take(2);
  // Ops lie there sealed: which one is whose is known by when it came.
  const keys = [];
  const lying = async () => (await stored(phone.page)).idb.map(({ key }) => key);
  let before = await lying();
  for (const id of [onlyLocal, onlyIdb]) {
    await tap(phone.page, id);
    await isSaved(phone.page, id);
    const now = await lying();
    keys.push(now.find((key) => !before.includes(key)));
    before = now;
  }
  const [a, b] = keys;
  await phone.page.evaluate(async ([first, second]) => {
    localStorage.removeItem(`op:${second}`);
    const db = await new Promise((done) => { const r = indexedDB.open('so-lien-he'); r.onsuccess = () => done(r.result); });
    const tx = db.transaction('op', 'readwrite');
    tx.objectStore('op').delete(first);
    await new Promise((done) => { tx.oncomplete = done; });
    db.close();
  }, [a, b]);
  await openRoll(phone, meeting.id, 306);
  assert.equal(await unsent(phone.page), 2);
  await until('both stores have both', async () => {
    const { idb, local } = await stored(phone.page);
    return [a, b].every((id) => local.includes(id) && idb.some(({ key }) => key === id));
  });
  await phone.airplane(false);
  await allSent(phone.page, 60_000);
  await once(api, meeting.id, [onlyLocal, onlyIdb]);
  await end();
});

test('damaged bytes are shown, and disturb no other op', async () => {
  await rollHere();
  await phone.settled();
  await phone.airplane();
  const [good] = take(1);
  await tap(phone.page, good);
  await isSaved(phone.page, good);
  await phone.page.evaluate(() => localStorage.setItem('op:01999999-0000-7000-8000-000000000001', '{"v":1,"id":"01999'));
  await openRoll(phone, meeting.id, 306);
  assert.equal(await unsent(phone.page), 2);
  await phone.airplane(false);
  await once(api, meeting.id, [good]);
  await becomes('only the damaged one is left', () => unsent(phone.page), 1, 30_000);
  await open(phone, '/chua-gui');
  await becomes('it needs a look', async () => Number((await byId(phone.page, 'ops-look').textContent()).replace(/\D/g, '')), 1);
  await end();
});

test('localStorage full: saved all the same, in IndexedDB', async () => {
  await rollHere();
  await phone.settled();
  await phone.close();
  await phone.start();
  await openRoll(phone, meeting.id, 306);
  await phone.airplane();
  await phone.page.evaluate(() => {
    for (let size = 1 << 20; size > 0; size >>= 1) {
      for (let n = 0; ; n += 1) {
        try { localStorage.setItem(`fill:${size}:${n}`, 'x'.repeat(size)); } catch { break; }
      }
    }
  });
  const ids = take(3);
  for (const id of ids) await tap(phone.page, id);
  for (const id of ids) await isSaved(phone.page, id);
  assert.equal((await stored(phone.page)).local.length, 0, 'there was no room for a spare copy');
  await phone.killAndStart();
  await openRoll(phone, meeting.id, 306);
  for (const id of ids) assert.equal(await stateOf(phone.page, id), 'saved');
  await phone.airplane(false);
  await once(api, meeting.id, ids);
  await end();
});

/** From now on every write of an op to IndexedDB fails as on a full phone. */
const fullPhone = (page) => page.evaluate(() => {
  const put = IDBObjectStore.prototype.put;
  window.makeRoom = () => { IDBObjectStore.prototype.put = put; };
  IDBObjectStore.prototype.put = function full(...args) {
    if (this.name === 'op') throw new DOMException('no room', 'QuotaExceededError');
    return put.apply(this, args);
  };
});

test('IndexedDB full: never called saved, said so, saved once there is room', async () => {
  await rollHere();
  await phone.settled();
  await phone.airplane();
  await fullPhone(phone.page);
  const [id] = take(1);
  await tap(phone.page, id);
  await byId(phone.page, 'storage-fault').waitFor();
  assert.equal(await stateOf(phone.page, id), 'saving', 'the spare copy alone is not "saved"');
  await phone.page.evaluate(() => window.makeRoom());
  await phone.page.evaluate(() => window.dispatchEvent(new Event('online')));
  await isSaved(phone.page, id);
  await byId(phone.page, 'storage-fault').waitFor({ state: 'detached' });
  await phone.airplane(false);
  await once(api, meeting.id, [id]);
  await end();
});

test('both stores full: not shown as present, and the server gets it as soon as there is network', async () => {
  await rollHere();
  await phone.settled();
  await phone.airplane();
  await fullPhone(phone.page);
  await phone.page.evaluate(() => {
    Storage.prototype.setItem = function full() { throw new DOMException('no room', 'QuotaExceededError'); };
  });
  const [id] = take(1);
  await tap(phone.page, id);
  await byId(phone.page, 'storage-fault').waitFor();
  await becomes('nobody is shown as present', () => statusOf(phone.page, id), 'unmarked');
  assert.equal(await unsent(phone.page), 1, 'but it is not forgotten');
  await phone.airplane(false);
  await once(api, meeting.id, [id]);
  await becomes('in the book', () => statusOf(phone.page, id), 'present');
  await end();
});

test('no IndexedDB at all: says so, never says saved, works with network', async () => {
  await phone.context.addInitScript(() => { Object.defineProperty(window, 'indexedDB', { get: () => null }); });
  await rollHere();
  await byId(phone.page, 'storage-fault').waitFor();
  const [id] = take(1);
  await tap(phone.page, id);
  await once(api, meeting.id, [id]);
  await becomes('in the book', () => stateOf(phone.page, id), 'in-book', 30_000);
  await end();
});

test('two tabs, offline, tapping side by side: each knows what the other did, and nothing is lost or twice', async () => {
  await rollHere();
  await phone.settled();
  const second = await phone.context.newPage();
  phone.watch(second);
  await second.goto(`${phone.url}/buoi-hop/${meeting.id}/diem-danh`, { waitUntil: 'domcontentloaded' });
  await until('the second tab has rows', async () => (await second.locator('[data-testid=roll-row]').count()) >= 306, 30_000);
  await phone.airplane();
  const [mine, yours] = [take(15), take(15)];
  await Promise.all([
    (async () => { for (const id of mine) await tap(phone.page, id); })(),
    (async () => { for (const id of yours) await tap(second, id); })(),
  ]);
  for (const page of [phone.page, second]) {
    await becomes('both tabs count all', () => unsent(page), 30);
    const shown = Object.fromEntries((await rows(page)).map((one) => [one.member, one.status]));
    for (const id of [...mine, ...yours]) assert.equal(shown[id], 'present');
  }
  await phone.airplane(false);
  for (const page of [phone.page, second]) await allSent(page, 60_000);
  await once(api, meeting.id, [...mine, ...yours]);
  await second.close();
  await end();
});

test('sign-out with ops that wait: they stay, other people\'s data goes, and the next sign-in sends them', async () => {
  await rollHere();
  await phone.settled();
  await phone.airplane();
  const ids = take(3);
  for (const id of ids) await tap(phone.page, id);
  for (const id of ids) await isSaved(phone.page, id);
  await open(phone, '/cai-dat');
  await byId(phone.page, 'sign-out').click();
  await byId(phone.page, 'confirm-yes').click();
  await byId(phone.page, 'sign-in-code').waitFor();
  const left = await phone.page.evaluate(async () => {
    const db = await new Promise((done) => { const r = indexedDB.open('so-lien-he'); r.onsuccess = () => done(r.result); });
    const count = (name) => new Promise((done) => { const r = db.transaction(name).objectStore(name).count(); r.onsuccess = () => done(r.result); });
    const counts = [await count('op'), await count('row')];
    db.close();
    return counts;
  });
  assert.deepEqual(left, [3, 0]);
  await phone.airplane(false);
  await signIn(phone, 'demo-secretary');
  await once(api, meeting.id, ids);
  await end();
});

test('the session ends at the server: the phone keeps everything, goes on accepting, and sends after a new sign-in', async () => {
  await rollHere();
  const ids = take(2);
  const expired = phone.network.fail({ path: '/api/v1/' }, ({ answer }) => {
    answer.writeHead(401, { 'content-type': 'application/json' }).end('{"code":"signed_out","message":"Cần đăng nhập lại."}');
  });
  for (const id of ids) await tap(phone.page, id);
  for (const id of ids) await isSaved(phone.page, id);
  await until('the server said no', () => expired.count >= 1);
  assert.equal((await rows(phone.page)).length, 306);
  assert.equal(await unsent(phone.page), 2);
  expired.stop();
  await signIn(phone, 'demo-secretary');
  await once(api, meeting.id, ids);
  await end();
});
