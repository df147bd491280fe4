// *Nhật ký* and *Dữ liệu của tôi*: what a ward and a member see of who was given what, with filters and files, also without a network.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { byId, choose, open, signIn } from '../lib/app.mjs';
import { lookInAll, shot } from '../lib/look.mjs';
import { DESK, Phone, SMALL } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { until } from '../lib/until.mjs';

let server;
let cell;
before(async () => {
  server = await Server.start();
  const secretary = await Api.signIn(server, 'demo-secretary');
  await secretary.everything();
  cell = secretary.session.me.roles.find(({ role }) => role === 'secretary').unit;
  const ward = await Api.signIn(server, 'demo-ward');
  for (let n = 0; n < 3; n += 1) await ward.bytes(`reports/cell/${cell}/matrix.csv`);
  await ward.get(`reports/cell/${cell}/matrix`);
});
after(() => server?.stop());

/** Looks at the page in a window of that size, and gives the phone its own size back. */
async function look(page, name, size = SMALL) {
  await page.setViewportSize(size);
  await lookInAll(page, `vet-${name}-${size.width}`);
  await page.setViewportSize(SMALL);
}

const lines = (page) => page.locator('[data-testid=audit-line]');

test('a ward reads who did what and who was given what', async () => {
  const phone = await Phone.make(server, { name: 'phuong' });
  try {
    await signIn(phone, 'demo-ward');
    const { page } = phone;
    await open(phone, '/cai-dat');
    await byId(page, 'to-audit').click();
    await lines(page).first().waitFor();
    const first = await lines(page).count();
    assert.ok(first > 10, `${first} lines`);
    await look(page, 'nhat-ky');
    await look(page, 'nhat-ky', DESK);
    await byId(page, 'audit-more').click();
    await until('the next page comes below', async () => (await lines(page).count()) > first);
    // Only what people were given.
    await page.locator('[data-testid=audit-filters] > summary').click();
    await look(page, 'nhat-ky-loc');
    await choose(page.locator('[data-testid=audit-class] input').nth(2));
    const kinds = () => lines(page).evaluateAll((all) => all.map((one) => one.dataset.kind));
    await until('only giving out', async () => (await kinds()).length > 0 && (await kinds()).every((kind) => kind.startsWith('given.')));
    const register = page.locator('[data-kind="given.register"]').first();
    await register.waitFor();
    await register.locator('[data-testid=audit-who]').click();
    await byId(page, 'audit-anybody').waitFor();
    const people = () => page.locator('[data-testid=audit-who]').evaluateAll((all) => new Set(all.map((one) => one.textContent.trim())).size);
    await until('the lines of one person', async () => (await people()) === 1);
    await shot(page, 'vet-nhat-ky-mot-nguoi');
    const href = await byId(page, 'audit-csv').getAttribute('href');
    assert.match(href, /audit\.csv\?unit=.*kind=reading.*who=/);
    await byId(page, 'audit-anybody').click();
    // Nothing on that day.
    await byId(page, 'audit-to').fill('2020-01-01');
    await page.getByText('Không có dòng nào').waitFor();
    await shot(page, 'vet-nhat-ky-trong');
    await phone.airplane();
    await byId(page, 'audit-to').fill('2020-01-02');
    await page.getByText('Xem nhật ký cần có mạng').waitFor();
    await shot(page, 'vet-nhat-ky-mat-mang');
    await phone.airplane(false);
    await page.getByRole('button', { name: 'Thử lại' }).click();
    await page.getByText('Không có dòng nào').waitFor();
  } finally {
    await phone.throwAway();
  }
});

test('a member sees what is held, who was given it, and takes it away', async () => {
  const phone = await Phone.make(server, { name: 'dang-vien' });
  try {
    await signIn(phone, 'demo-member');
    const { page } = phone;
    await open(phone, '/cai-dat');
    await byId(page, 'to-own').click();
    await byId(page, 'own-looks').waitFor();
    const looks = await byId(page, 'own-looks').textContent();
    assert.match(looks, /Máy nhận danh sách đảng viên/, 'the secretary has the register');
    await look(page, 'du-lieu');
    for (const [ending, expected] of [['html', /Dữ liệu của tôi[\s\S]*Trong danh sách chi bộ/], ['json', /"made_at"/]]) {
      const [download] = await Promise.all([page.waitForEvent('download'), byId(page, `own-${ending}`).click()]);
      const text = await readFile(await download.path(), 'utf8');
      assert.match(text, expected);
      assert.doesNotMatch(text, /<script/);
    }
  } finally {
    await phone.throwAway();
  }
});
