// The first day of an installation: an empty server's link, the set-up page, a secretary's code, and that secretary's first meeting.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allSent, byId, isSaved, open, rollIsThere, rows, tap } from '../lib/app.mjs';
import { axe, shot, tooSmall, tooWide } from '../lib/look.mjs';
import { LARGE, Phone, SMALL } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';

const ROSTER = 'STT,Họ và tên,Ngày sinh,Nơi công tác\n1,Mẫu Thị Một,1960,Hưu trí\n2,Mẫu Văn Hai,1975,Trường học\n3,Mẫu Văn Ba,1988,Công ty\n';

let server;
let admin;
let secretary;
before(async () => { server = await Server.start({ demo: false, options: ['--second-factor', 'optional'] }); });
after(async () => {
  await admin?.throwAway();
  await secretary?.throwAway();
  await server?.stop();
});

/** Nothing for axe, nothing too wide, no button too small; and a picture. */
async function looks(phone, name) {
  const { page } = phone;
  const faults = [...(await axe(page)), ...(await tooWide(page)), ...(await tooSmall(page))];
  assert.deepEqual(faults, [], name);
  await shot(page, `thiet-lap-${name}`);
}
const fill = (page, name, text) => page.locator(`#${name}`).fill(text);
const sheet = (page) => byId(page, 'office-sheet');

test('from an empty server to the ward\'s figures', async (t) => {
  const step = steps(t);
  const link = await until('the server has printed its link', () => server.log.map((line) => /http\S+\/thiet-lap#(\S+)/.exec(line)).find(Boolean));
  const code = link[1];
  admin = await Phone.make(server, { name: 'may-quan-tri' });
  secretary = await Phone.make(server, { name: 'may-bi-thu', size: LARGE });
  const { page } = admin;
  let secretarysCode;

  await step('the link opens the set-up form; what is wrong is said where it stands, and nothing is lost', async () => {
    await open(admin, `/thiet-lap#${code}`);
    await byId(page, 'setup').waitFor();
    assert.equal(await page.locator('#setup-code').count(), 0, 'the code came with the link');
    await fill(page, 'setup-admin', 'Nguyễn Thị Quản');
    await fill(page, 'setup-cells', 'Chi bộ Khu phố 1\n\nchi bộ  khu phố 1');
    await byId(page, 'setup-go').click();
    await becomes('two faults', () => page.locator('.error').allInnerTexts(), ['Chưa có tên.', 'Có hai chi bộ cùng tên.']);
    await looks(admin, 'sai');
    await fill(page, 'setup-cells', 'Chi bộ Khu phố 1\nChi bộ Khu phố 2\n');
    await fill(page, 'setup-ward', 'Đảng ủy phường Mẫu');
    await admin.airplane();
    await byId(page, 'setup-go').click();
    await byId(page, 'call-problem').waitFor();
    await admin.airplane(false);
    // A reload keeps what was typed, and the code.
    await until('the draft is written', () => page.evaluate(() => new Promise((done) => {
      const asked = indexedDB.open('so-lien-he');
      asked.onerror = () => done(false);
      asked.onsuccess = () => {
        const db = asked.result;
        const all = db.transaction('meta').objectStore('meta').getAll();
        all.onsuccess = () => { db.close(); done(JSON.stringify(all.result).includes('phường Mẫu')); };
        all.onerror = () => { db.close(); done(false); };
      };
    })));
    await page.reload();
    await byId(page, 'setup').waitFor();
    await becomes('the name is there again', () => page.locator('#setup-ward').inputValue(), 'Đảng ủy phường Mẫu');
    await looks(admin, 'bieu-mau');
  });

  await step('the administrator is in, and sees the units', async () => {
    await byId(page, 'setup-go').click();
    await byId(page, 'office').waitFor();
    assert.equal(new URL(page.url()).pathname, '/quan-tri');
    assert.equal(new URL(page.url()).hash, '', 'the code is out of the address');
    assert.deepEqual(await page.locator('[data-testid=unit-row] .name').allInnerTexts(), ['Đảng ủy phường Mẫu', 'Chi bộ Khu phố 1', 'Chi bộ Khu phố 2']);
    await looks(admin, 'don-vi');
  });

  await step('a cell is added, and gets a secretary with a code', async () => {
    await byId(page, 'cell-add').click();
    await fill(page, 'cell-name', 'Chi bộ Khu phố 3');
    await byId(page, 'cell-save').click();
    const row = page.locator('[data-testid=unit-row]', { hasText: 'Chi bộ Khu phố 3' });
    await row.click();
    await byId(page, 'role-give').click();
    await page.locator('.error').first().waitFor();
    await fill(page, 'role-name', 'Trần Văn Thư');
    await shot(page, 'thiet-lap-giao-vai-tro');
    await byId(page, 'role-give').click();
    await byId(page, 'enrol-code').waitFor();
    secretarysCode = await byId(page, 'enrol-code').innerText();
    const shown = await byId(page, 'enrol-link').innerText();
    assert.ok(shown.startsWith(admin.url) && shown.endsWith(`/vao#${secretarysCode}`), shown);
    await looks(admin, 'ma');
    await page.emulateMedia({ media: 'print' });
    await shot(page, 'thiet-lap-ma-in');
    await page.emulateMedia({ media: 'screen' });
    await sheet(page).locator('.sheet-head button').click();
    await row.getByText('Trần Văn Thư').waitFor();
  });

  await step('the secretary signs in on another phone and imports three people', async () => {
    const own = secretary.page;
    await secretary.open(`/vao#${secretarysCode}`);
    await byId(own, 'device-name').fill('may-bi-thu');
    await byId(own, 'sign-in').click();
    await byId(own, 'bottom-nav').waitFor();
    await open(secretary, '/danh-sach');
    const way = byId(own, 'roster-import').first();
    await way.waitFor();
    await way.click();
    await byId(own, 'import-file').setInputFiles({ name: 'ds.csv', mimeType: 'text/csv', buffer: Buffer.from(ROSTER) });
    const look = byId(own, 'import-look');
    if (await look.isVisible()) await look.click();
    await byId(own, 'import-confirm').click();
    await own.getByText('Đã ghi vào danh sách').first().waitFor();
  });

  await step('plans a meeting, opens it and calls the roll', async () => {
    const own = secretary.page;
    await open(secretary, '/buoi-hop-moi');
    await byId(own, 'title').waitFor();
    await fill(own, 'title', 'Sinh hoạt đầu tiên');
    await fill(own, 'place', 'Nhà văn hóa');
    await fill(own, 'date', new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10));
    await byId(own, 'meeting-save').click();
    await until('the meeting has its page', () => /\/buoi-hop\/[0-9a-f-]{36}/.test(own.url()));
    const meeting = /\/buoi-hop\/([0-9a-f-]{36})/.exec(own.url())[1];
    await open(secretary, `/buoi-hop/${meeting}/diem-danh`);
    await byId(own, 'open-meeting').first().click();
    await rollIsThere(secretary, 3);
    const all = await rows(own);
    for (const { member } of all.slice(0, 2)) {
      await tap(own, member);
      await isSaved(own, member);
    }
    await allSent(own);
    await shot(own, 'thiet-lap-diem-danh');
  });

  await step('the ward\'s page counts them', async () => {
    await open(admin, '/chi-bo');
    const line = page.locator('[data-testid=cell-row]', { hasText: 'Chi bộ Khu phố 3' });
    await line.getByText('3 đảng viên').waitFor();
    await open(admin, '/tong-quan');
    await page.getByText('Có mặt 2 trên 3').first().waitFor();
    await shot(page, 'thiet-lap-phuong');
  });

  await step('a role ends, and the set-up page says that it is over', async () => {
    await open(admin, '/quan-tri');
    await page.locator('[data-testid=person-row]', { hasText: 'Trần Văn Thư' }).click();
    await looks(admin, 'nguoi');
    await byId(page, 'role-end').click();
    await byId(page, 'role-end-yes').click();
    await page.locator('[data-testid=unit-row]', { hasText: 'Chi bộ Khu phố 3' }).getByText('Chưa có bí thư').waitFor();
    await page.locator('[data-testid=person-row]', { hasText: 'Nguyễn Thị Quản' }).click();
    await byId(page, 'role-end').first().click();
    await byId(page, 'role-end-yes').click();
    await byId(page, 'call-problem').getByText('quản trị cuối cùng').waitFor();
    await open(secretary, `/thiet-lap#${code}`);
    await secretary.page.getByText('Máy chủ này đã được thiết lập').waitFor();
    assert.deepEqual([...admin.complaints, ...secretary.complaints], []);
  });
});

test('small and dark, too', async () => {
  const { page } = admin;
  await page.setViewportSize(SMALL);
  await page.emulateMedia({ colorScheme: 'dark' });
  await open(admin, '/quan-tri');
  await byId(page, 'office').waitFor();
  await looks(admin, 'don-vi-toi');
  await byId(page, 'unit-row').nth(1).click();
  await byId(page, 'role-form').waitFor();
  await looks(admin, 'to-don-vi-toi');
});
