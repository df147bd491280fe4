// A phone that cannot store or cannot send: it says so, never calls anything saved that is not, and gives what waits as a file. Any other
// phone takes the file in, once or ten times; everything counts exactly once. And the faces of a cloned phone and of a server of another time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { uuid7 } from '../lib/api.mjs';
import { allSent, byId, isSaved, open, openRoll, row, signIn, tap, unsent } from '../lib/app.mjs';
import { evening, membersOf, once, openMeeting, stateOf, witnesses } from '../lib/evening.mjs';
import { axe, shot, stands, tooSmall, tooWide } from '../lib/look.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, until } from '../lib/until.mjs';

let server;
let api;
let meeting;
let cell;
let fresh; // members whom no test has touched yet
let phone; // whose storage or network is gone
const others = [];

before(async () => {
  server = await Server.start();
  ({ api, cell, meeting } = await evening(server));
  fresh = await membersOf(api, cell);
});
beforeEach(async () => {
  if ((await api.everything()).meeting.get(meeting.id).status !== 'open') await reopen();
  phone = await Phone.make(server, { name: 'may-bi-thu' });
});
afterEach(async () => {
  for (const one of [phone, ...others.splice(0)]) await one?.throwAway();
});
after(() => server?.stop());

const reopen = () => openMeeting(api, cell, meeting.id);
const take = (n) => fresh.splice(0, n);
const rollHere = async () => {
  await signIn(phone, 'demo-secretary');
  await openRoll(phone, meeting.id, 306);
};
const other = async (code, name) => {
  const one = await Phone.make(server, { name });
  others.push(one);
  await signIn(one, code);
  return one;
};
const end = () => {
  for (const one of [phone, ...others]) assert.deepEqual(one.complaints, []);
};
const marks = (ids) => witnesses(api, meeting.id, ids);
/** A tap on a link of the page, which keeps what is in its memory; `open` would load it anew. */
const unsentPage = async ({ page }) => {
  await byId(page, 'unsent').click();
  await byId(page, 'ops-waiting').waitFor();
  // The address follows, so that a reload stays here and the phone's own way back goes one page back.
  await until('the address is that of the page', () => new URL(page.url()).pathname === '/chua-gui');
};
/** Saves what waits as a file; its text. */
async function exported({ page }) {
  const [download] = await Promise.all([page.waitForEvent('download'), byId(page, 'export').click()]);
  assert.match(download.suggestedFilename(), /^viec-chua-gui-\d{4}-\d\d-\d\d-\d{4}\.txt$/);
  return readFileSync(await download.path());
}
const opsOf = (file) => String(file).split('\n').filter((line) => line.startsWith('{"v"')).map((line) => JSON.parse(line));
const choose = (page, buffer, name = 'viec-chua-gui.txt') => byId(page, 'carry-file').setInputFiles({ name, mimeType: 'text/plain', buffer });
const number = async (page, id) => Number((await byId(page, id).textContent()).replace(/\D/g, ''));
/** Takes a file in on the unsent page of a phone; what became of it. */
async function takenIn(one, file) {
  await open(one, '/chua-gui');
  await choose(one.page, file);
  await byId(one.page, 'carry-look').waitFor();
  await byId(one.page, 'carry-yes').click();
  await byId(one.page, 'carry-done').waitFor();
  const said = {};
  for (const what of ['new', 'known', 'held', 'refused']) said[what] = (await byId(one.page, `carry-${what}`).count()) ? await number(one.page, `carry-${what}`) : 0;
  return said;
}
/** Pictures at phone size in both themes, of the place where `testid` stands, and what axe and a finger find. */
async function look({ page }, name, testid) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await stands(page);
    if (testid) await byId(page, testid).first().evaluate((element) => element.scrollIntoView({ block: 'center' }));
    // Rows of a long roll that are not in view keep the colours of before; the tour of all pages loads them anew in each theme.
    if (colorScheme === 'light' || !(await page.locator('.roll-row').count())) assert.deepEqual(await axe(page), [], `${name} ${colorScheme}`);
    assert.deepEqual(await tooWide(page), []);
    await shot(page, `duong-ra-${name}-${colorScheme}`);
  }
  assert.deepEqual(await tooSmall(page), []);
}

const FAULTS = {
  'the disk is full, to the last byte': {
    name: 'day',
    strip: /đã đầy bộ nhớ/,
    // The browser's own quota, at what is used already; then localStorage to its last unit.
    async spoil({ context, page, url }) {
      const cdp = await context.newCDPSession(page);
      const { usage } = await cdp.send('Storage.getUsageAndQuota', { origin: url });
      await cdp.send('Storage.overrideQuotaForOrigin', { origin: url, quotaSize: Math.max(1, Math.floor(usage / 2)) });
      // The browser looks at its quota anew only after a while.
      await until('the browser notices that there is no room', () => page.evaluate(async () => {
        const db = await new Promise((done) => { const r = indexedDB.open('so-lien-he'); r.onsuccess = () => done(r.result); });
        const full = await new Promise((done) => {
          const tx = db.transaction('meta', 'readwrite');
          tx.objectStore('meta').put('x'.repeat(100_000), 'probe');
          tx.oncomplete = () => done(false);
          tx.onabort = () => done(tx.error?.name === 'QuotaExceededError');
        });
        db.close();
        return full;
      }), 90_000);
      await page.evaluate(() => {
        for (let size = 1 << 20; size > 0; size >>= 1) {
          for (let n = 0; ; n += 1) {
            try { localStorage.setItem(`fill:${size}:${n}`, 'x'.repeat(size)); } catch { break; }
          }
        }
      });
    },
  },
  'the browser gives no IndexedDB': {
    name: 'chan-idb',
    strip: /chặn việc lưu/,
    script: () => { Object.defineProperty(window, 'indexedDB', { get: () => null }); },
  },
  'the browser gives no storage at all': {
    name: 'chan-het',
    strip: /chặn việc lưu/,
    script: () => {
      Object.defineProperty(window, 'indexedDB', { get: () => null });
      Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('denied', 'SecurityError'); } });
    },
  },
  'a private tab that keeps nothing': {
    name: 'rieng-tu',
    strip: /chế độ riêng tư/,
    script: () => {
      // As private windows do it that know no IndexedDB: the request fails so.
      IDBFactory.prototype.open = function refused() {
        const request = { error: new DOMException('private', 'InvalidStateError') };
        setTimeout(() => request.onerror?.(new Event('error')));
        return request;
      };
    },
  },
  'the connection to the storage is lost in the middle': {
    name: 'mat-kho',
    strip: /vừa đóng kho lưu/,
    spoil: ({ page }) => page.evaluate(() => {
      IDBObjectStore.prototype.put = function lost() { throw new DOMException('gone', 'UnknownError'); };
    }),
  },
};

for (const [what, { name, strip, script, spoil }] of Object.entries(FAULTS)) {
  test(`${what}: nothing is called saved, the file carries it, and it counts once`, async () => {
    if (script) await phone.context.addInitScript(script);
    await rollHere();
    if (spoil) await phone.settled();
    await spoil?.(phone);
    await phone.airplane();
    const ids = take(2);
    for (const id of ids) await tap(phone.page, id);
    await byId(phone.page, 'storage-fault').waitFor();
    assert.match(await byId(phone.page, 'storage-fault').textContent(), strip);
    for (const id of ids) assert.ok([null, 'saving', 'not-saved'].includes(await stateOf(phone.page, id)), `${id} is not called saved`);
    assert.equal(await unsent(phone.page), 2);
    await look(phone, `${name}-diem-danh`, 'storage-fault');
    // The way out stands beside the bad news.
    await byId(phone.page, 'storage-way').click();
    await byId(phone.page, 'export').waitFor();
    await look(phone, `${name}-chua-gui`, 'export');
    const file = await exported(phone);
    // Sealed, where the phone has keys: then only the server can say whose they are, and it does below.
    const saved = opsOf(file);
    assert.equal(saved.length, 2);
    if (saved[0].k !== 'sealed') assert.deepEqual(saved.map((op) => op.b.who), ids.map((id) => ({ member: id })), 'both, as they were made');
    else assert.ok(!ids.some((id) => String(file).includes(id)));
    // Somebody else's phone has a network.
    const carrier = await other('demo-secretary', 'may-nguoi-khac');
    assert.deepEqual(await takenIn(carrier, file), { new: 2, known: 0, held: 0, refused: 0 });
    assert.deepEqual(await takenIn(carrier, file), { new: 0, known: 2, held: 0, refused: 0 });
    await once(api, meeting.id, ids);
    // The first phone finds the network again.
    await phone.airplane(false);
    await allSent(phone.page, 60_000);
    assert.deepEqual(await marks(ids), ids.map(() => 1), 'no second mark');
    end();
  });
}

test('a private window of this browser: the file carries what would go with it', async () => {
  const [id] = take(1);
  const browser = phone.context.browser();
  const context = await (browser ?? (await import('playwright-core')).chromium.launch({ executablePath: (await import('../lib/env.mjs')).chromium() })).newContext({ acceptDownloads: true, viewport: phone.size });
  const page = await context.newPage();
  const tab = { page, context, open: (path) => page.goto(phone.url + path, { waitUntil: 'domcontentloaded' }), name: 'rieng-tu' };
  await signIn(tab, 'demo-secretary');
  await openRoll(tab, meeting.id, 306);
  await phone.network.cut();
  await tap(page, id);
  await unsentPage(tab);
  const file = await exported(tab);
  await context.close();
  await context.browser()?.close();
  const carrier = await other('demo-secretary', 'may-nguoi-khac');
  assert.deepEqual(await takenIn(carrier, file), { new: 1, known: 0, held: 0, refused: 0 });
  await once(api, meeting.id, [id]);
  end();
});

test('a file is taken in without network later, and one that is not whole not at all', async () => {
  await rollHere();
  await phone.airplane();
  const ids = take(3);
  for (const id of ids) await tap(phone.page, id);
  for (const id of ids) await isSaved(phone.page, id);
  await unsentPage(phone);
  const file = await exported(phone);
  const carrier = await other('demo-ward', 'may-phuong');
  await open(carrier, '/chua-gui');
  const { page } = carrier;
  const text = String(file);
  const asked = () => carrier.network.count('/api/v1/carry');
  const newer = text.replace('"version":1', '"version":7');
  for (const [buffer, sentence] of [
    [Buffer.from(''), /không phải tệp việc chưa gửi/],
    [Buffer.from('Kính gửi chi bộ, …'), /không phải tệp việc chưa gửi/],
    [Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), /không phải tệp việc chưa gửi/],
    [file.subarray(0, file.length - 40), /bị hỏng hoặc bị sửa/],
    [Buffer.from(text.replace('"n":', '"n":9')), /bị hỏng hoặc bị sửa/],
    [Buffer.from(text.replace('"count":3', '"count":2')), /bị hỏng hoặc bị sửa/],
    [Buffer.from(newer), /mới hơn/],
    [Buffer.alloc(8 * 1024 * 1024 + 1, 'x'), /quá lớn/],
  ]) {
    await choose(page, buffer);
    await until(`it says ${sentence}`, async () => sentence.test((await byId(page, 'carry-problem').allTextContents()).join()));
    assert.equal(await byId(page, 'carry-look').count(), 0);
  }
  await look(carrier, 'tep-qua-lon', 'carry-problem');
  assert.equal(asked(), 0, 'nothing was sent');
  // The ward looks at it, and has no network either.
  await choose(page, file);
  await byId(page, 'carry-look').waitFor();
  assert.match(await byId(page, 'carry-look').textContent(), /may-bi-thu.*3 việc/s);
  await look(carrier, 'xem-truoc', 'carry-look');
  await carrier.airplane();
  await byId(page, 'carry-yes').click();
  await byId(page, 'carry-problem').waitFor();
  await carrier.airplane(false);
  await byId(page, 'carry-yes').click();
  await byId(page, 'carry-done').waitFor();
  // A ward does not call the roll of a cell: kept until the cell looks.
  assert.equal(await number(page, 'carry-held'), 3);
  await look(carrier, 'da-nhan', 'carry-done');
  assert.deepEqual(await marks(ids), ids.map(() => 0));
  const second = await other('demo-secretary', 'may-chi-uy');
  await open(second, '/chua-gui');
  await becomes('three wait for the cell', () => second.page.getByTestId('accept-carried').count(), 3, 30_000);
  await look(second, 'cho-nhan', 'accept-all');
  await second.page.getByTestId('accept-carried').first().click();
  await becomes('two are left', () => second.page.getByTestId('accept-carried').count(), 2, 30_000);
  await byId(second.page, 'accept-all').click();
  await becomes('none is left', () => second.page.getByTestId('accept-carried').count(), 0, 30_000);
  await once(api, meeting.id, ids);
  await phone.airplane(false);
  await allSent(phone.page, 60_000);
  assert.deepEqual(await marks(ids), ids.map(() => 1));
  end();
});

test('a closed meeting says from which phone it waits, until that came', async () => {
  await rollHere();
  await phone.settled();
  await phone.airplane();
  const ids = take(2);
  for (const id of ids) await tap(phone.page, id);
  for (const id of ids) await isSaved(phone.page, id);
  // Another person uses the same phone; the secretary's two wait for the secretary.
  await open(phone, '/cai-dat');
  await byId(phone.page, 'sign-out').click();
  await byId(phone.page, 'confirm-yes').click();
  await byId(phone.page, 'sign-in-code').waitFor();
  await phone.airplane(false);
  await signIn(phone, 'demo-ward');
  await open(phone, `/buoi-hop/${meeting.id}`);
  await byId(phone.page, 'close-meeting').click();
  await byId(phone.page, 'confirm-yes').click();
  await until('closed at the server', async () => (await api.everything()).meeting.get(meeting.id).status === 'closed', 30_000);
  const second = await other('demo-secretary', 'may-chi-uy');
  await open(second, `/buoi-hop/${meeting.id}`);
  await byId(second.page, 'awaited').waitFor();
  assert.match(await byId(second.page, 'awaited').textContent(), /Còn chờ 2 lượt điểm danh từ máy «may-bi-thu»/);
  await look(second, 'con-cho', 'awaited');
  await open(phone, `/bao-cao/buoi-hop/${meeting.id}`);
  await byId(phone.page, 'awaited').waitFor();
  assert.match(await byId(phone.page, 'awaited').textContent(), /Còn chờ 2 lượt/);
  await look(phone, 'con-cho-bao-cao', 'awaited');
  // The secretary signs in again on that phone: both come, and nobody waits any more.
  await signIn(phone, 'demo-secretary');
  await becomes('nothing is waited for', () => byId(second.page, 'awaited').count(), 0, 60_000);
  await reopen();
  await once(api, meeting.id, ids);
  end();
});

test('a server of another time: everything is kept, and the person is told what to do', async () => {
  await rollHere();
  const old = phone.network.fail({ path: '/api/v1/pu' }, ({ answer }) => {
    answer.writeHead(400, { 'content-type': 'application/json' }).end('{"code":"bad_proto","message":"…"}');
  });
  const ids = take(2);
  await tap(phone.page, ids[0]);
  await byId(phone.page, 'skew-strip').waitFor();
  await isSaved(phone.page, ids[0]);
  assert.match(await byId(phone.page, 'skew-strip').textContent(), /Ứng dụng cần cập nhật/);
  await unsentPage(phone);
  await byId(phone.page, 'skew').waitFor();
  await look(phone, 'ung-dung-cu', 'skew');
  // The app is loaded anew, and the server is still of another time: the op is there as before.
  await byId(phone.page, 'skew-update').click();
  await byId(phone.page, 'skew').waitFor();
  assert.equal(await unsent(phone.page), 1);
  old.stop();
  // A server that was put back to an older release.
  const older = phone.network.fail({ path: '/api/v1/pu' }, ({ answer }) => {
    answer.writeHead(200, { 'content-type': 'application/json' }).end('{"proto":0,"hello":"old"}');
  });
  await openRoll(phone, meeting.id, 306);
  await tap(phone.page, ids[1]);
  await until('the strip speaks of the server', async () => /Máy chủ đang chạy bản cũ/.test(await byId(phone.page, 'skew-strip').textContent()));
  await unsentPage(phone);
  await look(phone, 'may-chu-cu', 'skew');
  await phone.page.goBack();
  await row(phone.page, ids[1]).waitFor();
  await phone.page.goForward();
  await byId(phone.page, 'skew').waitFor();
  older.stop();
  await allSent(phone.page, 60_000);
  await byId(phone.page, 'skew-strip').waitFor({ state: 'detached' });
  await once(api, meeting.id, ids);
  end();
});

test('a cloned phone: its person is told, once, and nothing is lost', async () => {
  await rollHere();
  const ids = take(3);
  await tap(phone.page, ids[0]);
  await allSent(phone.page, 60_000);
  // A copy of this phone counts on from the same place.
  const raw = await phone.page.evaluate(async () => {
    const db = await new Promise((done) => { const r = indexedDB.open('so-lien-he'); r.onsuccess = () => done(r.result); });
    const all = await new Promise((done) => { const r = db.transaction('op').objectStore('op').getAll(); r.onsuccess = () => done(r.result); });
    db.close();
    return all.at(-1).raw;
  });
  const mine = JSON.parse(raw);
  // It lies there sealed; its envelope is that of the op.
  const b = { meeting: meeting.id, who: { member: ids[1] }, as: 'on_time', how: 'roll' };
  const copy = { ...mine, id: uuid7(), n: mine.n + 1, k: 'attendance.present', kv: 1, b };
  const answer = await api.post('push', { proto: 1, dev: api.session.dev, now_t: Date.now(), now_m: 1, s: copy.s, ops: [copy] });
  assert.equal(answer.results[0].r, 'applied');
  await tap(phone.page, ids[2]);
  await allSent(phone.page, 60_000);
  await unsentPage(phone);
  await byId(phone.page, 'cloned').waitFor();
  await look(phone, 'may-chep', 'cloned');
  await open(phone, '/cai-dat');
  await byId(phone.page, 'cloned').waitFor(); // also after a reload, until somebody has read it
  await byId(phone.page, 'cloned-read').click();
  await byId(phone.page, 'cloned').waitFor({ state: 'detached' });
  await open(phone, '/chua-gui');
  await byId(phone.page, 'ops-waiting').waitFor();
  assert.equal(await byId(phone.page, 'cloned').count(), 0);
  await once(api, meeting.id, ids);
  end();
});
