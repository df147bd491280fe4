// Getting in: a ward that has to set up a password and a second factor, and comes in on another machine; a member who comes in on a new phone by the
// old one, and by a slip from the drawer, without asking anybody.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { byId, choose, open, signIn } from '../lib/app.mjs';
import { shots } from '../lib/env.mjs';
import { lookInAll, shot } from '../lib/look.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';

const NAME = 'phuong.mau';
const PASSWORD = 'thuyền về bến cũ';

let server;
before(async () => { server = await Server.start({ options: ['--second-factor', 'required'] }); });
after(() => server?.stop());

/** What an authenticator app shows (RFC 6238). */
function totp(base32, now = Date.now()) {
  const letters = base32.replace(/\s/g, '');
  const bits = [...letters].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac('sha1', key).update(step).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Pictures in both themes and in the largest text, what axe and a finger find, and one of the whole page. */
async function look({ page }, name) {
  await lookInAll(page, `vao-${name}`);
  await page.screenshot({ path: join(shots, `vao-${name}-ca-trang.png`), fullPage: true, animations: 'disabled' });
}
const errors = (page) => page.locator('.field .error').allInnerTexts();
const texts = (page, id) => byId(page, id).allInnerTexts();

test('a ward sets up its sign-in, and comes in on another machine', async (t) => {
  const step = steps(t);
  const phone = await Phone.make(server, { name: 'may-phuong' });
  const desk = await Phone.make(server, { name: 'may-ban' });
  const { page } = phone;
  let secret;
  let codes;
  try {
    await step('whoever came by a code is asked to set it up, whatever page is wanted', async () => {
      await phone.open('/vao');
      await byId(page, 'sign-in-code').fill('demo-ward');
      await look(phone, 'ma');
      await byId(page, 'sign-in').click();
      await byId(page, 'set-password').waitFor();
      await open(phone, '/chi-bo');
      await byId(page, 'set-password').waitFor();
      for (const path of ['/cai-dat', '/chua-gui']) {
        await open(phone, path);
        assert.equal(await byId(page, 'set-password').count(), 0, `${path} stays open`);
      }
    });

    await step('what is wrong is said where it stands, and nothing that was typed is lost', async () => {
      await open(phone, '/tong-quan');
      await byId(page, 'up-name').fill('Đảng ủy');
      await byId(page, 'up-password').fill('matkhau123456');
      await byId(page, 'up-next').click();
      await until('two faults', async () => (await errors(page)).length === 2);
      assert.ok(await byId(page, 'up-name').evaluate((field) => field === document.activeElement), 'the first of them has the focus');
      await look(phone, 'dat-sai');
      await byId(page, 'up-name').fill(NAME);
      await byId(page, 'up-password').fill(PASSWORD);
      await byId(page, 'show-password').check();
      assert.equal(await byId(page, 'up-password').getAttribute('type'), 'text');
      assert.equal(await byId(page, 'up-password').inputValue(), PASSWORD);
      assert.equal(await byId(page, 'up-password').getAttribute('autocomplete'), 'new-password');
      await phone.airplane();
      await byId(page, 'up-next').click();
      await byId(page, 'call-problem').waitFor();
      await phone.airplane(false);
      assert.equal(await byId(page, 'up-password').inputValue(), PASSWORD);
      await page.keyboard.press('Tab');
      await byId(page, 'up-password').press('Enter');
      await byId(page, 'confirm-factor').waitFor();
    });

    await step('the second factor is scanned or typed, and confirmed', async () => {
      await look(phone, 'ung-dung');
      secret = await byId(page, 'up-secret').innerText();
      const href = await byId(page, 'up-open').getAttribute('href');
      assert.ok(href.includes(secret.replace(/\s/g, '')) && href.startsWith('otpauth://totp/'));
      await byId(page, 'up-code').fill('12345');
      await byId(page, 'up-confirm').click();
      await becomes('the field says so', () => errors(page), ['Xin nhập 6 số đang hiện trong ứng dụng.']);
      await byId(page, 'up-code').fill('000000');
      await byId(page, 'up-confirm').click();
      await byId(page, 'call-problem').waitFor();
      const code = totp(secret);
      await byId(page, 'up-code').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
      await byId(page, 'up-confirm').click();
      await byId(page, 'rescue-code').first().waitFor();
    });

    await step('rescue codes are shown once, printed, and kept', async () => {
      codes = await texts(page, 'rescue-code');
      assert.equal(new Set(codes).size, 10);
      await look(phone, 'cuu-ho');
      await page.emulateMedia({ media: 'print' });
      await page.pdf({ path: join(shots, 'vao-cuu-ho.pdf'), format: 'A4' });
      await page.screenshot({ path: join(shots, 'vao-cuu-ho-in.png'), fullPage: true });
      await page.emulateMedia({ media: 'screen' });
      await byId(page, 'up-done').click();
      await page.locator('[role=alert]').waitFor();
      await byId(page, 'rescue-kept').check();
      await byId(page, 'up-done').click();
      await byId(page, 'ward-tiles').waitFor();
    });

    await step('the other machine gets in by name, password and a code; a wrong one loses nothing', async () => {
      const other = desk.page;
      await desk.open('/vao');
      await byId(other, 'to-password').click();
      await byId(other, 'by-password').waitFor();
      await look(desk, 'mat-khau');
      for (const [id, complete] of [['in-name', 'username'], ['in-password', 'current-password'], ['in-code', 'one-time-code']]) {
        assert.equal(await byId(other, id).getAttribute('autocomplete'), complete);
      }
      await byId(other, 'in-go').click();
      await until('three faults', async () => (await errors(other)).length >= 3);
      await byId(other, 'in-name').fill(` ${NAME.toUpperCase()} `);
      await byId(other, 'in-password').fill('thuyền về bến mới');
      await byId(other, 'in-code').fill(codes[0]);
      await byId(other, 'in-code').press('Enter');
      await byId(other, 'call-problem').waitFor();
      assert.match(await byId(other, 'call-problem').innerText(), /chưa đúng/);
      await look(desk, 'mat-khau-sai');
      assert.equal(await byId(other, 'in-password').inputValue(), 'thuyền về bến mới');
      await byId(other, 'in-password').fill(PASSWORD);
      await byId(other, 'in-code').fill(codes[0].toUpperCase().replace('-', ' '));
      await byId(other, 'in-go').click();
      await byId(other, 'ward-tiles').waitFor();
    });

    await step('what is set up can be changed, with the present password', async () => {
      const other = desk.page;
      await open(desk, '/cai-dat');
      await byId(other, 'to-set-up').click();
      await byId(other, 'up-known').waitFor();
      assert.equal(await byId(other, 'up-known').innerText(), NAME);
      await look(desk, 'da-dat');
      await byId(other, 'up-rescue').click();
      await until('the password is asked for', async () => (await errors(other)).length === 1);
      await byId(other, 'up-current').fill(PASSWORD);
      await byId(other, 'up-rescue').click();
      await byId(other, 'rescue-code').first().waitFor();
      assert.ok((await texts(other, 'rescue-code')).every((one) => !codes.includes(one)));
    });
    assert.deepEqual([...phone.complaints, ...desk.complaints], []);
  } finally {
    await phone.throwAway();
    await desk.throwAway();
  }
});

test('a member comes in on a new phone without asking anybody', async (t) => {
  const step = steps(t);
  const old = await Phone.make(server, { name: 'may-cu' });
  const second = await Phone.make(server, { name: 'may-moi' });
  const third = await Phone.make(server, { name: 'may-ba' });
  const { page } = old;
  try {
    await step('the old phone makes a code; the new one gets in by it', async () => {
      await signIn(old, 'demo-member');
      await open(old, '/cai-dat');
      await look(old, 'cai-dat');
      await byId(page, 'to-new-phone').click();
      await byId(page, 'own-make').waitFor();
      await byId(page, 'own-make').click();
      const code = await byId(page, 'own-code').innerText();
      await byId(page, 'qr').waitFor();
      await look(old, 'may-moi');
      await signIn(second, code.toUpperCase().replaceAll('-', ' '));
      assert.equal(await second.page.locator('[data-testid=sign-in-again]').count(), 0);
    });

    await step('a slip is printed; one of its codes is enough when all phones are lost', async () => {
      await open(old, '/cai-dat');
      await byId(page, 'to-drawer').click();
      await byId(page, 'drawer-make').click();
      await byId(page, 'drawer-paper').waitFor();
      const codes = await texts(page, 'drawer-code');
      assert.equal(new Set(codes).size, 4);
      await becomes('what is left', () => byId(page, 'drawer-left').innerText().then((text) => /còn 4 mã/.test(text)), true);
      await look(old, 'du-phong');
      await page.emulateMedia({ media: 'print' });
      await page.pdf({ path: join(shots, 'vao-du-phong.pdf'), format: 'A4' });
      await page.screenshot({ path: join(shots, 'vao-du-phong-in.png'), fullPage: true });
      await page.emulateMedia({ media: 'screen' });
      await signIn(third, codes[2]);
      // Paper that got into other hands is ended.
      await byId(page, 'drawer-void').click();
      await page.locator('dialog[open] .btn-danger').click();
      await becomes('nothing is left', () => byId(page, 'drawer-left').innerText(), 'Chưa có mã dự phòng nào.');
      await third.page.getByTestId('bottom-nav').waitFor();
    });
    assert.deepEqual([...old.complaints, ...second.complaints, ...third.complaints], []);
  } finally {
    for (const phone of [old, second, third]) await phone.throwAway();
  }
});

test('who has two roles changes the side from which he looks by one tap, and the phone keeps it', async () => {
  const own = await Server.start();
  const phone = await Phone.make(own, { name: 'hai-vai' });
  const { page } = phone;
  try {
    const [admin, ward] = [await Api.signIn(own, 'demo-admin'), await Api.signIn(own, 'demo-ward')];
    const { unit } = ward.session.me.roles.find(({ role }) => role === 'ward');
    await signIn(phone, 'demo-ward');
    await open(phone, '/cai-dat');
    assert.equal(await byId(page, 'side').count(), 0, 'one role, no choice');
    await admin.post('admin/roles', { account: ward.session.me.id, role: 'admin', unit });
    await page.reload();
    const choice = byId(page, 'side');
    // The page asks who it is after it stands; what it shows then is there the next time.
    await until('the phone has heard of the second role', async () => {
      await page.reload();
      await byId(page, 'text-size').waitFor();
      return (await choice.count()) === 1;
    });
    await shot(page, 'vao-vai-tro');
    await choose(choice.getByLabel('Quản trị'));
    await open(phone, '/');
    await byId(page, 'office').waitFor();
    await phone.page.reload();
    await byId(page, 'office').waitFor();
    await open(phone, '/cai-dat');
    await choose(choice.getByLabel('Đảng ủy'));
    await open(phone, '/');
    await byId(page, 'ward-tiles').waitFor();
    assert.deepEqual(phone.complaints, []);
  } finally {
    await phone.throwAway();
    await own.stop();
  }
});
