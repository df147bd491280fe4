// A messy workbook goes in through the page: a preview first, nothing written before somebody says so, and the same file twice changes nothing.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { byId, open, signIn } from '../lib/app.mjs';
import { shots } from '../lib/env.mjs';
import { PEOPLE, encryptedWorkbook, messyWorkbook } from '../lib/messy.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';

const SHEET = { name: 'danh sach T11 (ban cuoi).xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' };

let server;
let phone;
before(async () => { server = await Server.start(); });
after(async () => {
  await phone?.throwAway();
  await server?.stop();
});

test('a messy workbook through the page', async (t) => {
  const step = steps(t);
  const api = await Api.signIn(server, 'demo-secretary');
  const cell = api.session.me.roles.find(({ role }) => role === 'secretary').unit;
  const members = async () => [...(await api.everything()).member.values()].filter((one) => one.cell === cell);
  const before = await members();
  phone = await Phone.make(server, { name: 'may-bi-thu' });
  const { page } = phone;
  await signIn(phone, 'demo-secretary');

  const choose = async (buffer, file = SHEET) => {
    await open(phone, `/nhap-danh-sach/${cell}`);
    await byId(page, 'import-file').setInputFiles({ ...file, buffer });
    const look = byId(page, 'import-look');
    if (await look.isVisible()) await look.click();
  };
  const counted = (id) => byId(page, id).first().textContent().then((text) => Number(text.replace(/\D/g, '')));

  for (const [what, bytes, file] of [
    ['an encrypted workbook', encryptedWorkbook(), SHEET],
    ['a workbook cut in half', messyWorkbook().subarray(0, 900), SHEET],
    ['a picture with the wrong name', Buffer.from('\x89PNG\r\n\x1a\n'.padEnd(600, 'x'), 'latin1'), SHEET],
    ['an empty file', Buffer.alloc(0), { name: 'trong.csv', mimeType: 'text/csv' }],
  ]) {
    await step(`${what} gets a sentence and no preview`, async () => {
      await choose(bytes, file);
      const problem = byId(page, 'import-error');
      await problem.waitFor();
      assert.match(await problem.innerText(), /\p{L}+ \p{L}+ \p{L}+/u);
      assert.equal(await byId(page, 'import-confirm').count(), 0);
    });
  }

  await step('a slow upload says how far it is, and can be stopped', async () => {
    const slow = await phone.context.newCDPSession(page);
    await slow.send('Network.enable');
    await slow.send('Network.emulateNetworkConditions', { offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: 60_000 });
    const lines = Array.from({ length: 4_000 }, (_, n) => `${n + 1},Mẫu Thị Chậm ${n},${1950 + (n % 50)},Cơ quan cách xa thành phố số ${n}`);
    await choose(Buffer.from(`STT,Họ và tên,Ngày sinh,Nơi công tác\n${lines.join('\n')}\n`), { name: 'cham.csv', mimeType: 'text/csv' });
    const bar = byId(page, 'upload-progress');
    const gone = async () => Number(await bar.getAttribute('aria-valuenow'));
    await until('some of it has gone', async () => (await gone()) > 0);
    const first = await gone();
    await until('more has gone', async () => (await gone()) > first);
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, 'import-sending.png') });
    await byId(page, 'import-stop').click();
    await byId(page, 'import-file').waitFor();
    assert.equal(await byId(page, 'import-error').count(), 0);
    await slow.detach();
    assert.equal((await members()).length, before.length, 'nothing is written');
  });

  await step('the preview counts what a careful person would', async () => {
    await choose(messyWorkbook());
    await byId(page, 'import-confirm').waitFor({ timeout: 30_000 });
    await becomes('eight are new', () => counted('import-count-new'), PEOPLE.length);
    assert.equal(await counted('import-count-problem'), 1, 'the one who stands there twice; the totals row is no person');
    const text = await page.locator('main').innerText();
    for (const [name] of PEOPLE) assert.ok(text.includes(name), `${name} is in the preview as it will be written`);
    assert.deepEqual((await members()).length, before.length, 'nothing is written before somebody says so');
  });

  await step('confirmed, they are in the register as they should be', async () => {
    await byId(page, 'import-confirm').click();
    const sure = byId(page, 'confirm-yes');
    await byId(page, 'import-done').or(sure).first().waitFor();
    if (await sure.isVisible()) await sure.click();
    await byId(page, 'import-done').waitFor({ timeout: 30_000 });
    const now = await members();
    assert.equal(now.length, before.length + PEOPLE.length);
    const known = new Set(before.map(({ id }) => id));
    const added = now.filter(({ id }) => !known.has(id)).map(({ name, born, phone: number, workplace }) => [name, born, number, workplace]);
    const sorted = (list) => list.map((one) => JSON.stringify(one)).toSorted();
    assert.deepEqual(sorted(added), sorted(PEOPLE));
    const unchanged = new Map(before.map((one) => [one.id, JSON.stringify(one)]));
    for (const one of now) if (known.has(one.id)) assert.equal(JSON.stringify(one), unchanged.get(one.id), 'those missing from the file are left alone');
  });

  await step('the same file again changes nothing', async () => {
    const then = (await members()).map((one) => JSON.stringify(one)).toSorted();
    await choose(messyWorkbook());
    await until('the preview is there', async () => (await byId(page, 'import-count-unchanged').count()) > 0, 30_000);
    await becomes('all eight are known', () => counted('import-count-unchanged'), PEOPLE.length);
    assert.equal(await counted('import-count-new'), 0);
    const confirm = byId(page, 'import-confirm');
    if (await confirm.isVisible() && await confirm.isEnabled()) {
      await confirm.click();
      const sure = byId(page, 'confirm-yes');
      await byId(page, 'import-done').or(sure).first().waitFor();
      if (await sure.isVisible()) await sure.click();
      await byId(page, 'import-done').waitFor();
    }
    assert.deepEqual((await members()).map((one) => JSON.stringify(one)).toSorted(), then);
  });

  await step('the new people are on the secretary\'s phone', async () => {
    await open(phone, '/danh-sach');
    await until('the list has them', async () => (await page.locator('[data-testid=roster-row]').count()) >= before.length + PEOPLE.length, 30_000);
    assert.deepEqual(phone.complaints, []);
  });
});
