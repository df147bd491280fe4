// A phone that was lost: signed out from elsewhere while it was away with fifty check-ins on it. It delivers, keeps nothing of other people and
// says what happened; the secretary accepts what it sent, once. And a phone that locks because it was away for too long.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { byId, isSaved, open, openRoll, signIn, tap, unsent } from '../lib/app.mjs';
import { evening, membersOf, once, witnesses } from '../lib/evening.mjs';
import { lookInAll } from '../lib/look.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';

let server;
let api;
let meeting;
let cell;
let fresh;
before(async () => {
  server = await Server.start();
  ({ api, cell, meeting } = await evening(server));
  fresh = await membersOf(api, cell);
});
after(() => server?.stop());

const look = ({ page }, name) => lookInAll(page, `may-${name}`);

/** What lies in the browser's own database: keys of rows, the cursor, how many ops. */
const stored = (page) => page.evaluate(async () => {
  const db = await new Promise((done) => { const r = indexedDB.open('so-lien-he'); r.onsuccess = () => done(r.result); });
  const ask = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const tx = db.transaction(['op', 'row', 'meta']);
  const [ops, rows, cursor] = await Promise.all([
    ask(tx.objectStore('op').count()), ask(tx.objectStore('row').count()), ask(tx.objectStore('meta').get('cursor')),
  ]);
  db.close();
  return { ops, rows, cursor: cursor ?? null };
});
const number = async (page, id) => Number((await byId(page, id).textContent()).replace(/\D/g, ''));
const heldBy = async (why) => [...((await api.everything()).held?.values() ?? [])].filter((one) => one.why === why);
const deviceOf = async (name) => (await api.get('devices')).find((one) => one.name === name);

test('signed out while it was away with fifty check-ins', async (t) => {
  const step = steps(t);
  const phone = await Phone.make(server, { name: 'may-mat' });
  const here = fresh.splice(0, 50);
  try {
    await step('fifty names are called with no network', async () => {
      await signIn(phone, 'demo-secretary');
      await openRoll(phone, meeting.id, 306);
      await phone.settled();
      assert.ok((await stored(phone.page)).rows > 306);
      await phone.airplane();
      for (const id of here) await tap(phone.page, id);
      for (const id of here) await isSaved(phone.page, id);
      assert.equal(await unsent(phone.page), 50);
    });
    await step('its owner signs it out from elsewhere; at its next contact it delivers and forgets', async () => {
      const lost = await deviceOf('may-mat');
      assert.equal(lost.signed_in, true);
      await api.post(`devices/${lost.id}/sign-out`);
      await phone.airplane(false);
      const { page } = phone;
      await byId(page, 'revoked').waitFor({ timeout: 60_000 });
      await becomes('all of it is delivered', () => number(page, 'shut-delivered'), 50);
      assert.equal(await number(page, 'shut-waiting'), 0);
      assert.deepEqual(await stored(page), { ops: 50, rows: 0, cursor: null });
      assert.equal(await page.locator('[data-testid=roll-row], [data-testid=bottom-nav]').count(), 0);
      assert.equal((await heldBy('revoked')).length, 50);
      assert.ok((await witnesses(api, meeting.id, here)).every((n) => n === 0), 'nothing counts by itself');
      assert.equal((await deviceOf('may-mat')).signed_in, false);
      await look(phone, 'bi-dang-xuat');
    });
    await step('it says the same after a new start, on any path', async () => {
      await phone.open(`/buoi-hop/${meeting.id}/diem-danh`);
      await byId(phone.page, 'revoked').waitFor();
      assert.equal(await number(phone.page, 'shut-delivered'), 50);
      assert.deepEqual(await stored(phone.page), { ops: 50, rows: 0, cursor: null });
    });
    await step('the secretary accepts what it sent, on the page, and each counts once', async () => {
      const other = await Phone.make(server, { name: 'may-xem' });
      try {
        await signIn(other, 'demo-secretary');
        await open(other, '/chua-gui');
        await becomes('the page shows what was sent', () => other.page.locator('[data-testid=held-item]').count(), 50, 30_000);
        await byId(other.page, 'accept-all').click();
        await once(api, meeting.id, here);
        await becomes('nothing is held any more', async () => (await heldBy('revoked')).length, 0);
        assert.deepEqual(other.complaints, []);
      } finally {
        await other.throwAway();
      }
    });
    await step('signed in again it is a phone like any other', async () => {
      const { page } = phone;
      await byId(page, 'shut-sign-in').click();
      await byId(page, 'sign-in-code').fill('demo-secretary');
      await byId(page, 'sign-in').click();
      await byId(page, 'bottom-nav').waitFor();
      await openRoll(phone, meeting.id, 306);
      assert.equal((await deviceOf('may-mat'))?.signed_in ?? true, true);
      const [one] = fresh.splice(0, 1);
      await tap(page, one);
      await once(api, meeting.id, [one, ...here]);
      await becomes('its own fifty are in the book for it, too', () => unsent(page), 0, 30_000);
    });
    assert.deepEqual(phone.complaints, []);
  } finally {
    await phone.throwAway();
  }
});

test('the list of phones: this one first, another one signed out, and a member\'s by the secretary', async () => {
  const phone = await Phone.make(server, { name: 'may-cua-toi' });
  const lost = await Api.signIn(server, 'demo-secretary', 'may-bo-quen');
  const theirs = await Api.signIn(server, 'demo-member', 'may-dang-vien');
  try {
    await signIn(phone, 'demo-secretary');
    const { page } = phone;
    await open(phone, '/cai-dat');
    await byId(page, 'to-phones').click();
    const line = (api) => page.locator(`[data-testid=phone][data-device="${api.session.dev}"]`);
    await line(lost).waitFor();
    assert.match(await page.locator('[data-testid=phone]').first().textContent(), /may-cua-toi.*Máy này/);
    assert.equal(await page.locator('[data-testid=phone]').first().getByTestId('phone-out').count(), 0);
    await look(phone, 'danh-sach');
    await line(lost).getByTestId('phone-out').click();
    await byId(page, 'confirm').waitFor();
    await look(phone, 'hoi-lai');
    await byId(page, 'confirm-yes').click();
    await until('the list says so', async () => /Không còn đăng nhập/.test(await line(lost).textContent()));
    assert.equal((await lost.raw('GET', 'pull')).status, 401);
    assert.equal((await (await lost.raw('GET', 'session')).json()).code, 'revoked');

    await open(phone, `/dang-vien/${theirs.session.me.member}`);
    await byId(page, 'member-phones-show').click();
    await line(theirs).waitFor();
    await byId(page, 'member-phones').scrollIntoViewIfNeeded();
    await look(phone, 'cua-dang-vien');
    await line(theirs).getByTestId('phone-out').click();
    await byId(page, 'confirm-yes').click();
    await until('the member\'s phone is out', async () => (await theirs.raw('GET', 'session')).status === 401);

    // Without a network the page says so, and asks again.
    await phone.settled();
    await phone.airplane();
    await open(phone, '/may-dang-nhap');
    await page.locator('.face').waitFor();
    await look(phone, 'khong-mang');
    await phone.airplane(false);
    await page.locator('.face button').click();
    await page.locator('[data-testid=phone]').first().waitFor();
    assert.deepEqual(phone.complaints, []);
  } finally {
    await phone.throwAway();
  }
});

test('away for too long it locks, hides all names, keeps what waits, and opens when it reaches the server', async () => {
  const phone = await Phone.make(server, { name: 'may-lau-ngay' });
  const [one] = fresh.splice(0, 1);
  const name = (await api.everything()).member.get(one).name;
  try {
    await signIn(phone, 'demo-secretary');
    await openRoll(phone, meeting.id, 306);
    await phone.settled();
    await phone.airplane();
    await tap(phone.page, one);
    await isSaved(phone.page, one);
    // A hundred days later, still with no network.
    await phone.context.addInitScript(() => {
      const real = Date.now;
      Date.now = () => real() + 100 * 86_400_000;
    });
    await phone.open(`/buoi-hop/${meeting.id}/diem-danh`);
    const { page } = phone;
    await byId(page, 'locked').waitFor();
    assert.equal(await number(page, 'shut-waiting'), 1);
    assert.ok(!(await page.content()).includes(name), 'no name on the page');
    assert.equal(await page.locator('[data-testid=roll-row], [data-testid=bottom-nav]').count(), 0);
    await byId(page, 'shut-try').click();
    await page.locator('.banner.tone-warn').waitFor();
    await look(phone, 'khoa');
    assert.equal((await stored(page)).ops, 1);
    // It reaches the server: open, and what waited is sent.
    await phone.airplane(false);
    await byId(page, 'shut-try').click().catch(() => { /* it was faster by itself */ });
    await page.locator('[data-testid=roll-row]').first().waitFor({ timeout: 60_000 });
    await once(api, meeting.id, [one]);
    // Its clock is still a hundred days ahead, and that is no reason to lock again.
    await phone.airplane();
    await phone.open(`/buoi-hop/${meeting.id}/diem-danh`);
    await page.locator('[data-testid=roll-row]').first().waitFor({ timeout: 30_000 });
    assert.deepEqual(phone.complaints, []);
  } finally {
    await phone.throwAway();
  }
});
