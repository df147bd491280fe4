// Getting a whole cell in: the secretary makes the sheets, prints them, and a phone that scans a slip is in, once. Also who may see what.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { Api } from '../lib/api.mjs';
import { byId, choose, open, signIn } from '../lib/app.mjs';
import { axe, shot, tooSmall, tooWide } from '../lib/look.mjs';
import { DESK, Phone, SMALL } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';

// What Chromium's paper is: 96 pixels an inch, A4 without the margins of `@page slips`.
const MM = 96 / 25.4;
const PAPER = { width: Math.floor((210 - 16) * MM), height: Math.floor((297 - 24) * MM) };

let server;
let api;
let cell;
const phones = [];
const phone = async (name, options) => {
  const one = await Phone.make(server, { name, ...options });
  phones.push(one);
  return one;
};
before(async () => {
  server = await Server.start();
  api = await Api.signIn(server, 'demo-secretary');
  cell = api.session.me.roles.find(({ role }) => role === 'secretary').unit;
});
after(async () => {
  for (const one of phones) await one.throwAway();
  await server?.stop();
});

const access = async () => (await api.get(`enrolments?unit=${cell}`)).people;
const never = async () => (await access()).filter((one) => one.access === 'never').length;
const unused = async () => (await access()).filter((one) => one.code_until).length;

async function looks({ page }, name) {
  const faults = [...(await axe(page)), ...(await tooWide(page)), ...(await tooSmall(page))];
  assert.deepEqual(faults, [], name);
  await shot(page, `phieu-${name}`);
}

/** What a camera reads from a picture of an element. */
async function scanned(element) {
  const { data, width, height } = PNG.sync.read(await element.screenshot());
  return jsqr(new Uint8ClampedArray(data), width, height)?.data;
}

/** The sheets are drawn to the last. */
const drawn = (page) => until('the sheets are drawn', () => byId(page, 'sheets-print').isEnabled(), 60_000);

/** Signs a new phone in with a scanned link, as its camera would open it. */
async function enters(one, link) {
  const { pathname, hash } = new URL(link);
  await one.page.goto('about:blank'); // a camera opens a page of its own
  await one.open(pathname + hash);
  await byId(one.page, 'device-name').fill(one.name);
  await byId(one.page, 'sign-in').click();
}
const refused = (one, words) => one.page.getByText(words).first().waitFor();

test('a secretary gets a cell in', async (t) => {
  const step = steps(t);
  const secretary = await phone('may-bi-thu');
  const { page } = secretary;
  const many = await never();
  let links;

  await step('the way leads from the register, and says for how many', async () => {
    await signIn(secretary, 'demo-secretary');
    await secretary.settled();
    await open(secretary, '/danh-sach');
    await byId(page, 'roster-sheets').click();
    await byId(page, 'sheets-make').waitFor();
    assert.ok(await byId(page, 'whom-new').isChecked(), 'those without a phone, by default');
    assert.equal(await byId(page, 'sheets-make').innerText(), `Tạo ${many} phiếu`);
    await looks(secretary, 'chon');
  });

  await step('without network it says so, before and after, and makes nothing', async () => {
    await secretary.airplane();
    await byId(page, 'sheets-make').click();
    await byId(page, 'call-problem').waitFor();
    await shot(page, 'phieu-khong-mang-khi-tao');
    await open(secretary, `/in-phieu/${cell}`);
    await byId(page, 'sheets-retry').waitFor();
    await looks(secretary, 'khong-mang');
    await secretary.airplane(false);
    await byId(page, 'sheets-retry').click();
    await byId(page, 'sheets-make').waitFor();
    assert.equal(await unused(), 0);
  });

  await step('a slip for each, eight to a page', async () => {
    await byId(page, 'sheets-make').click();
    await drawn(page);
    const pages = await page.locator('.slips').evaluateAll((all) => all.map((one) => one.querySelectorAll('.slip').length));
    assert.equal(pages.length, Math.ceil(many / 8));
    assert.deepEqual(pages.slice(0, -1), pages.slice(0, -1).map(() => 8));
    assert.equal(pages.reduce((sum, n) => sum + n, 0), many);
    assert.equal(await byId(page, 'sheets-made').innerText(), `Đã tạo ${many} phiếu, ${pages.length} tờ A4.`);
    assert.equal(await unused(), many);
    await looks(secretary, 'to-phieu');
    await byId(page, 'slips').first().scrollIntoViewIfNeeded();
    await shot(page, 'phieu-mot');
  });

  await step('printed they are so many pages of A4, without the app around them', async () => {
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    assert.equal(pdf.match(/\/Type\s*\/Page\b(?!s)/g).length, Math.ceil(many / 8), 'pages of the file');
    const boxes = [...pdf.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)].map(([, w, h]) => [Math.round(w / 72 * 25.4), Math.round(h / 72 * 25.4)]);
    assert.ok(boxes.length > 0 && boxes.every(([w, h]) => w === 210 && h === 297), JSON.stringify(boxes.slice(0, 3)));
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize(PAPER);
    for (const hidden of ['.bar', '.nav', '[data-testid=sheets-print]', '[data-testid=sheets-made]']) assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
    const spilled = await page.locator('.slip').evaluateAll((all) => all.filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent));
    assert.deepEqual(spilled, [], 'nothing is cut off a slip');
    const sheet = await byId(page, 'slips').first().boundingBox();
    assert.ok(sheet.width <= PAPER.width && sheet.height <= PAPER.height, JSON.stringify(sheet));
    await page.evaluate(() => scrollTo(0, 0));
    await shot(page, 'phieu-in');
    links = [];
    for (let n = 0; n < 3; n += 1) {
      const slip = byId(page, 'slip').nth(n);
      const link = await scanned(slip);
      assert.ok(link?.endsWith(`/vao#${await slip.getByTestId('slip-code').innerText()}`), `slip ${n}: ${link}`);
      links.push(link);
    }
    await page.emulateMedia({ media: null });
    await page.setViewportSize(SMALL);
  });

  await step('a phone that scans is in as that member; the slip lets nobody in again', async () => {
    const [member, thief] = [await phone('may-cu-ba'), await phone('may-la')];
    const name = (await byId(page, 'slip').first().locator('.slip-name').innerText()).split(' · ')[0];
    await enters(member, links[0]);
    await byId(member.page, 'bottom-nav').waitFor();
    await open(member, '/cai-dat');
    await member.page.getByText(name, { exact: true }).first().waitFor();
    await enters(thief, links[0]);
    await refused(thief, 'Mã này đã được dùng');
    await becomes('one is in', never, many - 1);
  });

  await step('the codes of this sheet can be ended', async () => {
    await byId(page, 'sheets-void-these').click();
    await byId(page, 'confirm-yes').click();
    await byId(page, 'sheets-make').waitFor();
    assert.equal(await unused(), 0);
    const late = phones.at(-1);
    await enters(late, links[1]);
    await refused(late, 'Mã này đã hết hạn');
  });

  await step('some are picked by search; their codes alone are new', async () => {
    await choose(byId(page, 'whom-picked'));
    assert.equal(await byId(page, 'sheets-make').isDisabled(), true);
    const wanted = (await access()).find((one) => one.access === 'never').who;
    await byId(page, 'pick-search').fill(wanted.name);
    const found = byId(page, 'pick-row').filter({ visible: true });
    await found.first().locator('input').check();
    await looks(secretary, 'tung-nguoi');
    await byId(page, 'sheets-make').click();
    await drawn(page);
    assert.equal(await byId(page, 'slip').count(), 1);
    await becomes('one code is out', unused, 1);
    await byId(page, 'sheets-more').click();
    await byId(page, 'sheets-waiting').getByText('1 người').waitFor();
    await byId(page, 'sheets-void').click();
    await byId(page, 'confirm-yes').click();
    await becomes('none is out', unused, 0);
  });

  await step('the code of one member is a picture, too, also in the dark and in large letters', async () => {
    const { who } = (await access()).find((one) => one.access === 'never');
    await open(secretary, '/cai-dat');
    await choose(page.locator('[data-testid=text-size] input').nth(2));
    await page.emulateMedia({ colorScheme: 'dark' });
    await open(secretary, `/dang-vien/${who.member}`);
    await byId(page, 'enrol').click();
    await byId(page, 'qr').waitFor();
    const code = await byId(page, 'enrol-code').innerText();
    await byId(page, 'qr').scrollIntoViewIfNeeded();
    await looks(secretary, 'dang-vien-toi-chu-to');
    assert.ok((await scanned(byId(page, 'qr')))?.endsWith(`/vao#${code}`));
    await byId(page, 'enrol-void').click();
    await byId(page, 'qr').waitFor({ state: 'detached' });
    await becomes('none is out', unused, 0);
    await open(secretary, `/in-phieu/${cell}`);
    await byId(page, 'sheets-make').waitFor();
    await looks(secretary, 'chon-toi-chu-to');
    await byId(page, 'sheets-make').click();
    await drawn(page);
    await looks(secretary, 'to-phieu-toi-chu-to');
    const slip = byId(page, 'slip').nth(1);
    await slip.scrollIntoViewIfNeeded();
    await shot(page, 'phieu-mot-toi-chu-to');
    assert.ok((await scanned(slip.getByTestId('qr')))?.endsWith(`/vao#${await slip.getByTestId('slip-code').innerText()}`));
    // The paper is the same whatever the screen looks like.
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    assert.equal(pdf.match(/\/Type\s*\/Page\b(?!s)/g).length, Math.ceil((many - 1) / 8));
    assert.deepEqual(phones.flatMap((one) => one.complaints), []);
  });
});

test('a ward makes sheets for its cells, on a desk', async () => {
  const ward = await phone('may-phuong', { size: DESK });
  const { page } = ward;
  await signIn(ward, 'demo-ward');
  await open(ward, `/chi-bo/${cell}`);
  await byId(page, 'to-sheets').click();
  await byId(page, 'sheets-make').waitFor();
  await looks(ward, 'phuong-chon');
  await byId(page, 'sheets-make').click();
  await drawn(page);
  await looks(ward, 'phuong-to-phieu');
  assert.deepEqual(ward.complaints, []);
});

test('everybody can read who may see what, the own role first', async () => {
  const roles = [['demo-member', 'Đảng viên'], ['demo-secretary', 'Bí thư, chi ủy chi bộ'], ['demo-admin', 'Quản trị']];
  for (const [code, role] of roles) {
    const one = await phone(`may-${code}`);
    await signIn(one, code);
    await open(one, '/cai-dat');
    await byId(one.page, 'to-who-sees').click();
    await byId(one.page, 'own-role').first().waitFor();
    assert.equal(await one.page.locator('main .card h2').first().innerText(), role);
    assert.equal(await one.page.locator('main .card').count(), 9, 'every role');
    await looks(one, `ai-xem-gi-${code}`);
    await one.page.emulateMedia({ colorScheme: 'dark' });
    await looks(one, `ai-xem-gi-${code}-toi`);
    assert.deepEqual(one.complaints, []);
  }
});
