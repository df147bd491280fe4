// T8: several tabs of one phone. 600 taps with two and with four tabs, with Web Locks and without; a duplicated tab; a new version and a
// sign-out with a full outbox. 600 of 600 arrive, and each person has one row.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { allSent, byId, isSaved, open, openRoll, rollIsThere, signIn, tap, unsent } from '../lib/app.mjs';
import { discard } from '../lib/env.mjs';
import { evening } from '../lib/evening.mjs';
import { Phone } from '../lib/phone.mjs';
import { nextRelease } from '../lib/release.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, until } from '../lib/until.mjs';

const TAPS = 600;
const MEMBERS = 306;

// Every case has a server of its own, so that all 306 are unmarked and 600 taps are 600 ops.
let server;
let api;
let meeting;
let cell;
let phone;
let pages;

async function begin({ locks = true } = {}) {
  server = await Server.start();
  ({ api, cell, meeting } = await evening(server));
  phone = await Phone.make(server, { name: 'nhieu-the' });
  if (!locks) await phone.context.addInitScript(() => { Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined }); });
  await signIn(phone, 'demo-secretary');
  await openRoll(phone, meeting.id, MEMBERS);
  assert.equal(await phone.page.evaluate(() => Boolean(navigator.locks)), locks);
  await phone.settled();
  pages = [phone.page];
}
async function end() {
  const complaints = phone?.complaints ?? [];
  await phone?.throwAway();
  await server?.stop();
  [phone, server] = [null, null];
  assert.deepEqual(complaints, []);
}
after(async () => {
  await phone?.throwAway();
  await server?.stop();
});

/** Another tab with the same roll call. */
async function anotherTab() {
  const page = await phone.context.newPage();
  phone.watch(page);
  await page.goto(`${phone.url}/buoi-hop/${meeting.id}/diem-danh`, { waitUntil: 'domcontentloaded' });
  await rollIsThere({ page }, MEMBERS);
  pages.push(page);
  return page;
}

/** Members in the order of the rows, so that each tab knows whom to tap. */
const members = (page) => page.locator('[data-testid=roll-row]').evaluateAll((all) => all.map(({ dataset }) => dataset.member));

/** Taps members one after another inside the page, as fast as it takes them: each tap waits until its row has changed. */
const tapAll = (page, ids) => page.evaluate(async (ids) => {
  for (const id of ids) {
    const row = document.querySelector(`[data-testid=roll-row][data-member="${id}"]`);
    const before = row.dataset.status;
    row.querySelector('.roll-main').click();
    await new Promise((done, fail) => {
      const begun = performance.now();
      const look = () => {
        if (row.dataset.status !== before) done();
        else if (performance.now() - begun > 30_000) fail(new Error(`the row of ${id} does not move`));
        else setTimeout(look);
      };
      look();
    });
  }
}, ids);

/** The ops of this account at the server, by member: how many marks and undos. */
async function counted() {
  const { presence } = await api.everything();
  const all = [...(presence ?? new Map())].filter(([key]) => key.startsWith(`${meeting.id}:`)).map(([, row]) => row);
  const sum = (of) => all.reduce((n, row) => n + Object.keys(row[of] ?? {}).length, 0);
  return { rows: all.length, marks: sum('marks'), voids: sum('voids') };
}

/** How many ops lie in IndexedDB and how many spare copies in localStorage. */
const stored = (page) => page.evaluate(async () => {
  const db = await new Promise((done, fail) => {
    const request = indexedDB.open('so-lien-he');
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const count = await new Promise((done) => { const r = db.transaction('op').objectStore('op').count(); r.onsuccess = () => done(r.result); });
  db.close();
  return { idb: count, local: Object.keys(localStorage).filter((key) => key.startsWith('op:')).length };
});

// 300 members: each is marked and taken back, or marked by one tab and again by another after an undo: 600 taps in all.
for (const [tabs, locks] of [[2, true], [4, true], [2, false], [4, false]]) {
  test(`600 taps in ${tabs} tabs, ${locks ? 'with' : 'without'} Web Locks: 600 of 600, one row each`, { timeout: 600_000 }, async () => {
    await begin({ locks });
    while (pages.length < tabs) await anotherTab();
    const before = await counted();
    const untouched = (await api.everything()).presence ?? new Map();
    const all = (await members(phone.page)).filter((id) => !untouched.has(`${meeting.id}:${id}`)).slice(0, TAPS / 2);
    assert.equal(all.length, TAPS / 2, 'three hundred whom nobody has touched');
    const shares = pages.map((_, n) => all.filter((__, i) => i % tabs === n));
    await phone.airplane();
    // Half of the taps with the network away, all tabs at once.
    await Promise.all(pages.map((page, n) => tapAll(page, shares[n])));
    for (const page of pages) await becomes('every tab counts all', () => unsent(page), TAPS / 2, 60_000);
    // The other half while the first is being sent: each tab takes back what its neighbour marked.
    await phone.airplane(false);
    await Promise.all(pages.map((page, n) => tapAll(page, shares[(n + 1) % tabs])));
    for (const page of pages) await allSent(page, 120_000);
    const now = await counted();
    assert.deepEqual([now.marks - before.marks, now.voids - before.voids], [TAPS / 2, TAPS / 2], '600 of 600');
    assert.equal(now.rows - before.rows, TAPS / 2, 'one row a member');
    await becomes('answered ops stay, their spare copies go', async () => (await stored(phone.page)).local, 0, 30_000);
    assert.equal((await stored(phone.page)).idb, TAPS);
    for (const page of pages) {
      const shown = await page.locator('[data-testid=roll-row]').evaluateAll((rows) => Object.fromEntries(rows.map(({ dataset }) => [dataset.member, dataset.status])));
      assert.equal(all.filter((id) => shown[id] !== 'unmarked').length, 0, 'all were taken back, on every tab');
    }
    await end();
  });
}

test('a duplicated tab has a writer of its own: nothing is taken for a repetition', { timeout: 300_000 }, async () => {
  await begin();
  const [one, two, three] = (await members(phone.page)).slice(-60).reduce((all, id, n) => { all[n % 3].push(id); return all; }, [[], [], []]);
  const before = await counted();
  await phone.airplane();
  await tapAll(phone.page, one);
  // As a browser does it: the same address and the same session storage, opened by the tab itself.
  const [copy] = await Promise.all([phone.context.waitForEvent('page'), phone.page.evaluate(() => { window.open(location.href); })]);
  phone.watch(copy);
  await rollIsThere({ page: copy }, MEMBERS);
  await becomes('the copy knows what waits', () => unsent(copy), one.length);
  await Promise.all([tapAll(phone.page, two), tapAll(copy, three)]);
  for (const page of [phone.page, copy]) await becomes('both count all', () => unsent(page), 60, 60_000);
  await phone.airplane(false);
  for (const page of [phone.page, copy]) await allSent(page, 60_000);
  const now = await counted();
  assert.deepEqual([now.marks - before.marks, now.voids - before.voids, now.rows - before.rows], [60, 0, 60]);
  await end();
});

test('a new version is taken while 200 ops wait in two tabs', { timeout: 300_000 }, async () => {
  await begin();
  const release = nextRelease(server.site);
  const ids = (await members(phone.page)).slice(-200);
  const before = await counted();
  const second = await anotherTab();
  const blocked = phone.network.fail({ path: '/api/v1/push' }, ({ answer }) => answer.destroy());
  await Promise.all([tapAll(phone.page, ids.slice(0, 100)), tapAll(second, ids.slice(100))]);
  await server.restart({ site: release.folder });
  const { page } = phone;
  await page.reload({ waitUntil: 'domcontentloaded' });
  await until('the new worker waits', () => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting)), 60_000);
  await open(phone, '/');
  await byId(page, 'update').waitFor();
  await becomes('all wait', () => unsent(page), 200, 30_000);
  await byId(page, 'update').getByRole('button').click();
  const boot = () => page.evaluate(() => [...document.scripts].map((one) => new URL(one.src).pathname).find((path) => path.includes('boot')));
  await until('the new version runs', async () => (await boot()) === release.boot, 30_000);
  await byId(page, 'bottom-nav').waitFor();
  await becomes('all still wait', () => unsent(page), 200, 30_000);
  blocked.stop();
  await allSent(page, 120_000);
  const now = await counted();
  assert.deepEqual([now.marks - before.marks, now.rows - before.rows], [200, 200]);
  discard(release.folder);
  await end();
});

test('signed out in one of two tabs with 200 ops waiting: they stay, and go out after the next sign-in', { timeout: 300_000 }, async () => {
  await begin();
  const ids = (await members(phone.page)).slice(-200);
  const before = await counted();
  const second = await anotherTab();
  await phone.airplane();
  await Promise.all([tapAll(phone.page, ids.slice(0, 100)), tapAll(second, ids.slice(100))]);
  for (const page of [phone.page, second]) await becomes('both count all', () => unsent(page), 200, 60_000);
  await isSaved(phone.page, ids[0]);
  await open(phone, '/cai-dat');
  await byId(phone.page, 'sign-out').click();
  await byId(phone.page, 'confirm-yes').click();
  await byId(phone.page, 'sign-in-code').waitFor();
  assert.equal((await stored(phone.page)).idb, 200, 'the ops stay');
  await phone.airplane(false);
  await signIn(phone, 'demo-secretary');
  await allSent(phone.page, 120_000);
  const now = await counted();
  assert.deepEqual([now.marks - before.marks, now.voids - before.voids, now.rows - before.rows], [200, 0, 200]);
  // One more tap, so that the phone that was signed out is known to work on.
  await openRoll(phone, meeting.id, MEMBERS);
  const [id] = (await members(phone.page)).slice(0, 1);
  await tap(phone.page, id);
  await isSaved(phone.page, id);
  await end();
});
