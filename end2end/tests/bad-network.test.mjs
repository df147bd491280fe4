// What a bad network does to one phone: answers lost after the commit, doubled, late, cut off, or written by a captive portal.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { allSent, isSaved, openRoll, row, rows, signIn, tap, unsent } from '../lib/app.mjs';
import { evening } from '../lib/evening.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, until } from '../lib/until.mjs';

const PUSH = { path: '/api/v1/push', method: 'POST' };

let server;
let phone;
let api;
let meeting;
let fresh; // members whom no test has touched yet

before(async () => {
  server = await Server.start();
  ({ api, meeting } = await evening(server));
  phone = await Phone.make(server, { name: 'may-bi-thu' });
  await signIn(phone, 'demo-secretary');
  await openRoll(phone, meeting.id, 306);
  fresh = (await rows(phone.page)).map(({ member }) => member);
});
beforeEach(() => { phone.network.faults = []; });
after(async () => {
  await phone?.throwAway();
  await server?.stop();
});

const take = (n) => fresh.splice(0, n);
const state = (id) => row(phone.page, id).getByTestId('op-state').getAttribute('data-state');
const tapAll = async (ids) => { for (const id of ids) await tap(phone.page, id); };

/** Everything went through: in the book on the phone, and exactly one witness each at the server. */
async function once(ids) {
  await allSent(phone.page, 60_000);
  for (const id of ids) await becomes('the row is in the book', () => state(id), 'in-book', 20_000);
  const { presence } = await api.everything();
  for (const id of ids) assert.equal(Object.keys(presence.get(`${meeting.id}:${id}`)?.marks ?? {}).length, 1, 'one tap, one witness');
}

/** Nothing went through, and the phone says so. */
async function honest(ids) {
  for (const id of ids) {
    await isSaved(phone.page, id);
    assert.notEqual(await state(id), 'in-book');
  }
  assert.equal(await unsent(phone.page), ids.length);
}

test('the answer is lost after the commit', async () => {
  const lost = phone.network.dropAnswer({ ...PUSH, times: 3 });
  const ids = take(3);
  await tapAll(ids);
  await until('answers were lost', () => lost.count >= 1, 30_000);
  await once(ids);
});

test('the request arrives twice', async () => {
  const doubled = phone.network.double({ ...PUSH, times: 2 });
  const ids = take(3);
  await tapAll(ids);
  await once(ids);
  assert.ok(doubled.count >= 1);
});

test('the answer is late: the phone goes on working and sends what came meanwhile afterwards', async () => {
  const late = phone.network.delay(PUSH);
  const ids = take(5);
  await tap(phone.page, ids[0]);
  await until('a push hangs', () => late.count >= 1);
  for (const id of ids.slice(1)) {
    await tap(phone.page, id);
    await isSaved(phone.page, id);
  }
  await honest(ids);
  late.release();
  await once(ids);
});

test('the answer breaks off in the middle', async () => {
  const broken = phone.network.truncate({ ...PUSH, times: 2 });
  const ids = take(3);
  await tapAll(ids);
  await until('answers broke off', () => broken.count >= 1, 30_000);
  await once(ids);
});

for (const how of ['page', 'redirect']) {
  test(`a captive portal answers everything (${how})`, async () => {
    const portal = phone.network.portal({ path: '/' }, how);
    const ids = take(3);
    await tapAll(ids);
    await until('the portal answered the push', () => portal.count >= 1, 30_000);
    await honest(ids);
    // Not signed out by it, not taken over by its page, also after a reload.
    await phone.page.reload({ waitUntil: 'domcontentloaded' });
    await until('the roll call is there again', async () => (await phone.page.locator('[data-testid=roll-row]').count()) >= 306, 30_000);
    await honest(ids);
    portal.stop();
    await once(ids);
  });
}

test('a portal in front of pull only: what was pulled stays, nothing is counted twice', async () => {
  const portal = phone.network.portal({ path: '/api/v1/pull' });
  const ids = take(2);
  await tapAll(ids);
  await until('the portal answered a pull', async () => {
    await phone.page.evaluate(() => window.dispatchEvent(new Event('online')));
    return portal.count >= 1;
  }, 30_000);
  assert.equal((await rows(phone.page)).length, 306);
  portal.stop();
  await once(ids);
});

test('the server dies without warning and comes back', async () => {
  const ids = take(6);
  await tapAll(ids.slice(0, 3));
  await server.crash();
  await tapAll(ids.slice(3));
  for (const id of ids) await isSaved(phone.page, id);
  await server.restart();
  // The person looks at the phone again; without that it would try by itself within a minute.
  await phone.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await once(ids);
});

test('nothing of all this was an error of the app', () => {
  assert.deepEqual(phone.complaints, []);
});
