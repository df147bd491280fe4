// What lies on a phone: closed under keys that it does not have alone, opened by a PIN, and never a reason to lose a check-in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { byId, isSaved, open, openRoll, signIn, statuses, tap, unsent, allSent } from '../lib/app.mjs';
import { evening, membersOf, once, witnesses } from '../lib/evening.mjs';
import { lookInAll } from '../lib/look.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';

const PIN = '271828';
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

/** Every text that lies in the browser's storages. */
const lying = (page) => page.evaluate(async () => {
  const db = await new Promise((done) => { const r = indexedDB.open('so-lien-he'); r.onsuccess = () => done(r.result); });
  const ask = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const tx = db.transaction(['op', 'row', 'meta']);
  const [ops, rows, meta] = await Promise.all(['op', 'row', 'meta'].map((store) => ask(tx.objectStore(store).getAll())));
  db.close();
  const local = Object.fromEntries(Object.entries(localStorage));
  return { ops, rows, text: JSON.stringify({ ops, rows, meta, local }) };
});

const look = ({ page }, name) => lookInAll(page, `pin-${name}`);

async function setPin(phone, pin) {
  const { page } = phone;
  await open(phone, '/ma-pin');
  await byId(page, 'pin-new').fill(pin);
  await byId(page, 'pin-again').fill(pin);
  await byId(page, 'pin-save').click();
  await byId(page, 'pin-lock').waitFor();
}
/** Opens a page of a phone that has the PIN. */
async function unlocked(phone, path) {
  await phone.open(path);
  await byId(phone.page, 'pin-form').waitFor();
  await type(phone.page, PIN);
  await byId(phone.page, 'pin-form').waitFor({ state: 'detached' });
}
const rollStands = ({ page }) => until('the roll call stands', async () => (await page.locator('[data-testid=roll-row]').count()) >= 306, 30_000);

async function type(page, pin) {
  await byId(page, 'pin').fill(pin);
  await byId(page, 'pin-open').click();
}

test('a phone with a PIN', async (t) => {
  const step = steps(t);
  const phone = await Phone.make(server, { name: 'may-pin' });
  const { page } = phone;
  const names = [...(await api.everything()).member.values()].map((one) => one.name?.full ?? one.name).filter((name) => typeof name === 'string');
  const [first, second, third] = fresh.splice(0, 3);
  try {
    await step('nothing that lies there can be read, with or without a PIN', async () => {
      await signIn(phone, 'demo-secretary');
      await openRoll(phone, meeting.id, 306);
      await phone.settled();
      await phone.airplane();
      await tap(page, first);
      await isSaved(page, first);
      const { ops, rows, text } = await lying(page);
      assert.ok(rows.length > 306 && ops.length === 1 && names.length > 300);
      assert.ok(rows.every((row) => row.startsWith('~1')), 'every row is closed');
      assert.equal(JSON.parse(ops[0].raw).k, 'sealed');
      assert.deepEqual(names.filter((name) => text.includes(name)), []);
      assert.ok(!text.includes('attendance.present'));
      assert.ok(!text.includes('demo-secretary'));
    });
    await step('a reload without network shows everything, also what waits', async () => {
      await phone.open(`/buoi-hop/${meeting.id}/diem-danh`);
      await until('the roll call stands', async () => (await page.locator('[data-testid=roll-row]').count()) >= 306, 30_000);
      assert.equal((await statuses(page))[first], 'present');
      assert.equal(await unsent(page), 1);
    });
    await step('easy, short and unequal PINs are told in place', async () => {
      await open(phone, '/ma-pin');
      for (const [pin, again, word] of [['123456', '123456', 'dễ đoán'], ['2718', '2718', '6 đến 12'], [PIN, '271829', 'không giống nhau']]) {
        await byId(page, 'pin-new').fill(pin);
        await byId(page, 'pin-again').fill(again);
        await byId(page, 'pin-save').click();
        await page.getByText(word).first().waitFor();
      }
      await look(phone, 'dat');
      await byId(page, 'pin-again').fill(PIN);
      await byId(page, 'pin-save').click();
      await byId(page, 'pin-lock').waitFor();
      await look(phone, 'cai-dat');
    });
    await step('after a new start nothing is shown until the PIN is right; wrong ones are counted', async () => {
      await phone.open(`/buoi-hop/${meeting.id}/diem-danh`);
      await byId(page, 'pin-form').waitFor();
      assert.equal(await page.locator('[data-testid=roll-row], [data-testid=bottom-nav]').count(), 0);
      await byId(page, 'pin-waiting').getByText('1 việc chưa gửi').waitFor();
      await type(page, '314159');
      await page.getByText('Còn 9 lần thử').waitFor();
      await look(phone, 'khoa');
      await type(page, PIN);
      await until('the roll call stands', async () => (await page.locator('[data-testid=roll-row]').count()) >= 306, 30_000);
      assert.equal((await statuses(page))[first], 'present');
    });
    await step('covered, what was typed stays; a locked phone takes no look', async () => {
      await unlocked(phone, '/ma-pin');
      await byId(page, 'pin-new').fill('99');
      await page.evaluate(() => history.pushState(null, '', '/ma-pin'));
      // As after five minutes in a pocket.
      await page.evaluate(() => {
        const seen = (state, later) => {
          Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
          const now = performance.now();
          performance.now = () => now + later;
          document.dispatchEvent(new Event('visibilitychange'));
        };
        seen('hidden', 0);
        seen('visible', 301_000);
      });
      await byId(page, 'pin-form').waitFor();
      assert.equal(await byId(page, 'pin-new').isVisible(), false);
      await type(page, PIN);
      await byId(page, 'pin-new').waitFor();
      assert.equal(await byId(page, 'pin-new').inputValue(), '99');
    });
    await step('a locked phone with network delivers what waits, and nothing of it is shown', async () => {
      await phone.open('/');
      await byId(page, 'pin-form').waitFor();
      assert.deepEqual(await witnesses(api, meeting.id, [first]), [0]);
      await phone.airplane(false);
      await once(api, meeting.id, [first]);
      await byId(page, 'pin-waiting').getByText('đã đến máy chủ').waitFor({ timeout: 30_000 });
      await type(page, PIN);
      await byId(page, 'bottom-nav').waitFor();
      await allSent(page);
      await once(api, meeting.id, [first]);
    });
    await step('the PIN is forgotten with a roll call on the phone: all of it arrives', async () => {
      await unlocked(phone, `/buoi-hop/${meeting.id}/diem-danh`);
      await rollStands(phone);
      await phone.airplane();
      for (const id of [second, third]) {
        await tap(page, id);
        await isSaved(page, id);
      }
      await phone.open('/');
      await byId(page, 'pin-forgot').click();
      await page.getByRole('dialog').getByText('Xóa danh sách, đăng nhập lại').click();
      await byId(page, 'sign-in-code').waitFor();
      const { rows, ops } = await lying(page);
      assert.deepEqual([rows.length, ops.filter((op) => op.stage === '"waiting"').length], [0, 2]);
      await phone.airplane(false);
      await signIn(phone, 'demo-secretary');
      await once(api, meeting.id, [first, second, third]);
      await allSent(page);
      assert.equal(await byId(page, 'pin-form').count(), 0, 'the new session has no PIN yet');
    });
    await step('ten wrong ones take the rows and no op', async () => {
      const [one] = fresh.splice(0, 1);
      await setPin(phone, PIN);
      await unlocked(phone, `/buoi-hop/${meeting.id}/diem-danh`);
      await rollStands(phone);
      await phone.airplane();
      await tap(page, one);
      await isSaved(page, one);
      await phone.open('/');
      await byId(page, 'pin-form').waitFor();
      // The clock runs forward, so that nobody has to wait; the tries are counted all the same.
      for (let n = 1; n <= 10; n++) {
        await page.evaluate((n) => {
          const real = globalThis.realNow ??= Date.now;
          Date.now = () => real.call(Date) + n * 3_600_000;
        }, n);
        await type(page, '314159');
        if (n < 10) await page.getByText(`Còn ${10 - n} lần thử`).waitFor();
      }
      await byId(page, 'sign-in-code').waitFor();
      const { rows, ops } = await lying(page);
      assert.equal(rows.length, 0);
      assert.equal(ops.filter((op) => op.stage === '"waiting"').length, 1);
      await phone.airplane(false);
      await signIn(phone, 'demo-secretary');
      await once(api, meeting.id, [one]);
    });
    assert.deepEqual(phone.complaints, []);
  } finally {
    await phone.throwAway();
  }
});

test('a stolen browser profile holds no name', async () => {
  const phone = await Phone.make(server, { name: 'may-bi-lay' });
  const { page } = phone;
  const members = [...(await api.everything()).member.values()];
  const names = members.map((one) => one.name?.full ?? one.name).filter((name) => typeof name === 'string');
  const [one] = fresh.splice(0, 1);
  try {
    await signIn(phone, 'demo-secretary');
    await setPin(phone, PIN);
    await unlocked(phone, `/buoi-hop/${meeting.id}/diem-danh`);
    await rollStands(phone);
    await phone.airplane();
    await tap(page, one);
    await isSaved(page, one);
    await unlocked(phone, `/dang-vien/${one}`);
    await phone.close();
    assert.ok(names.length > 300);
    assert.equal(inFiles(['sealed'], phone.folder).length, 1, 'what lies there is found');
    assert.deepEqual(inFiles(names, phone.folder), []);
  } finally {
    await phone.throwAway();
  }
});

/** Those names that stand in a file of the folder, in UTF-8 or UTF-16, as they lie in files of the browser. */
function inFiles(names, folder) {
  const found = [];
  for (const name of names) {
    for (const encoding of ['utf8', 'utf16le']) {
      const hex = Buffer.from(name, encoding).toString('hex').replace(/../g, '\\x$&');
      const hit = grep(hex, folder);
      if (hit && !found.some((one) => one.startsWith(name))) found.push(`${name} (${encoding}): ${hit}`);
    }
    if (found.length > 5) break;
  }
  return found;
}

function grep(hex, folder) {
  try {
    return execFileSync('grep', ['-rlaP', hex, folder], { env: { LC_ALL: 'C', PATH: process.env.PATH } }).toString().split('\n')[0];
  } catch (error) {
    if (error.status === 1) return '';
    throw error;
  }
}
