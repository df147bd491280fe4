// Every page as every role: nothing for axe to find in light, dark and the largest text, nothing that sticks out, no word on the console,
// and a picture of each for people to judge (end2end/shots).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { appears, byId, choose, open, signIn, todaysMeeting } from '../lib/app.mjs';
import { axe, shot, tooSmall, tooWide } from '../lib/look.mjs';
import { DESK, LARGE, Phone, SMALL } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';

let server;
let ids;
before(async () => {
  server = await Server.start();
  const api = await Api.signIn(server, 'demo-secretary');
  const cell = api.session.me.roles.find(({ role }) => role === 'secretary').unit;
  const today = await todaysMeeting(api, cell);
  const all = await api.everything();
  const closed = [...all.meeting.values()].find((one) => one.status === 'closed' && one.unit === cell);
  const own = (await Api.signIn(server, 'demo-member')).session.me.member;
  const notice = [...all.notice.values()].find((one) => one.unit === cell && !one.withdrawn) ?? [...all.notice.values()][0];
  ids = { cell, today: today.id, closed: closed.id, member: own, notice: notice.id, ward: null };
  if (today.status !== 'open') await api.push([{ unit: cell, kind: 'meeting.open', body: { meeting: today.id } }]);
});
after(async () => { await server?.stop(); });

const PUBLIC = () => [['gioi-thieu', '/gioi-thieu'], ['rieng-tu', '/rieng-tu'], ['tro-giup', '/tro-giup'], ['vao', '/vao'], ['thiet-lap', '/thiet-lap'], ['vao-mat-khau', '/vao-mat-khau'], ['vao-khoa', '/vao-khoa']];
const MEMBER = () => [
  ['hom-nay', '/'], ['thong-bao', '/thong-bao'], ['thong-bao-mot', `/thong-bao/${ids.notice}`], ['so-lien-he', '/so-lien-he'],
  ['buoi-hop', `/buoi-hop/${ids.today}`], ['diem-danh-toi', `/diem-danh-toi/${ids.today}`], ['chua-gui', '/chua-gui'], ['cai-dat', '/cai-dat'],
  ['may-dang-nhap', '/may-dang-nhap'], ['khoa-truy-cap', '/khoa-truy-cap'], ['may-moi', '/may-moi'], ['ma-du-phong', '/ma-du-phong'], ['du-lieu-cua-toi', '/du-lieu-cua-toi'],
  ['ai-xem-gi', '/ai-xem-gi'], ['dong-y', '/dong-y'],
];
const SECRETARY = () => [
  ['hom-nay', '/'], ['diem-danh', '/diem-danh'], ['buoi-hop', `/buoi-hop/${ids.today}`], ['buoi-hop-diem-danh', `/buoi-hop/${ids.today}/diem-danh`],
  ['buoi-hop-da-dong', `/buoi-hop/${ids.closed}/diem-danh`], ['buoi-hop-sua', `/buoi-hop/${ids.today}/sua`], ['buoi-hop-moi', '/buoi-hop-moi'],
  ['danh-sach', '/danh-sach'], ['dang-vien', `/dang-vien/${ids.member}`], ['dang-vien-sua', `/dang-vien/${ids.member}/sua`],
  ['dang-vien-moi', `/dang-vien-moi/${ids.cell}`], ['thong-bao', '/thong-bao'], ['thong-bao-mot', `/thong-bao/${ids.notice}`],
  ['thong-bao-sua', `/thong-bao/${ids.notice}/sua`], ['thong-bao-moi', '/thong-bao-moi'], ['chua-gui', '/chua-gui'],
  ['nhap-danh-sach', `/nhap-danh-sach/${ids.cell}`], ['in-phieu', `/in-phieu/${ids.cell}`], ['ai-xem-gi', '/ai-xem-gi'], ['bao-cao-buoi-hop', `/bao-cao/buoi-hop/${ids.closed}`], ['cai-dat', '/cai-dat'], ['yeu-cau', '/yeu-cau'],
];
const WARD = () => [
  ['tong-quan', '/tong-quan'], ['chi-bo', '/chi-bo'], ['chi-bo-mot', `/chi-bo/${ids.cell}`], ['ma-tran', `/chi-bo/${ids.cell}/ma-tran`],
  ['bao-cao-buoi-hop', `/bao-cao/buoi-hop/${ids.closed}`], ['viec-can-lam', '/viec-can-lam'], ['thong-bao', '/thong-bao'],
  ['thong-bao-moi', '/thong-bao-moi'], ['cai-dat', '/cai-dat'], ['chua-gui', '/chua-gui'], ['in-phieu', `/in-phieu/${ids.cell}`],
  ['thiet-lap-dang-nhap', '/thiet-lap-dang-nhap'], ['nhat-ky', '/nhat-ky'], ['yeu-cau', '/yeu-cau'],
];

const ADMIN = () => [['quan-tri', '/quan-tri'], ['nhat-ky', '/nhat-ky'], ['cai-dat', '/cai-dat'], ['chua-gui', '/chua-gui']];

/** What is on the page stays: nothing loads any more. */
async function settledPage(page) {
  await page.locator('.frame h1, main h1').first().waitFor({ timeout: 30_000 });
  await page.locator('.wait, [aria-busy=true]').first().waitFor({ state: 'detached', timeout: 20_000 }).catch(() => {});
  await page.evaluate(() => document.fonts.ready);
}

async function textSize(phone, size) {
  await open(phone, '/cai-dat');
  await choose(phone.page.locator('[data-testid=text-size] input').nth(size));
}

/** Visits every page in every look; gives one line per fault. */
async function visit(role, code, pages, sizes) {
  const faults = [];
  const phone = await Phone.make(server, { name: `xem-${role}`, size: sizes[0] });
  try {
    if (code) await signIn(phone, code);
    const { page } = phone;
    const looks = [['sang', 'light', 0], ['toi', 'dark', 0], ['chu-to', 'light', 2]];
    for (const [look, colorScheme, size] of looks) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      if (code) await textSize(phone, size);
      else if (size > 0) continue; // the switch is for those who signed in
      for (const [name, path] of pages) {
        const where = `${role} ${name} ${look}`;
        const heard = phone.complaints.length;
        const note = (kind, list) => faults.push(...list.map((one) => `${where} | ${kind} | ${one}`));
        try {
          await page.setViewportSize(sizes[0]);
          await phone.open(path);
          await settledPage(page);
          note('axe', await axe(page));
          for (const one of sizes) {
            await page.setViewportSize(one);
            note(`width ${one.width}`, await tooWide(page));
            await shot(page, `${role}-${name}-${look}`);
          }
          if (look === 'sang' && sizes[0].width < 800) note('finger', await tooSmall(page));
        } catch (error) {
          note('failed', [error.message.split('\n').slice(0, 4).join(' ')]);
        }
        note('console', phone.complaints.slice(heard));
      }
    }
  } finally {
    await phone.throwAway();
  }
  return faults;
}

for (const [role, code, pages, sizes] of [
  ['khach', null, PUBLIC, [SMALL, LARGE]],
  ['dang-vien', 'demo-member', MEMBER, [SMALL, LARGE]],
  ['bi-thu', 'demo-secretary', SECRETARY, [SMALL, LARGE]],
  ['phuong', 'demo-ward', WARD, [SMALL, DESK]],
  ['quan-tri', 'demo-admin', ADMIN, [SMALL, DESK]],
]) {
  test(`every page as ${role}`, async () => {
    const faults = await visit(role, code, pages(), sizes);
    assert.equal(faults.length, 0, `\n${faults.join('\n')}`);
  });
}

test('installable by Chromium\'s own check, and the policy lets no inline script in', async () => {
  const phone = await Phone.make(server, { name: 'cai-dat' });
  try {
    await signIn(phone, 'demo-member');
    await phone.settled();
    await phone.open('/');
    await appears(phone);
    const session = await phone.context.newCDPSession(phone.page);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId), []);
    const { url, errors } = await session.send('Page.getAppManifest');
    assert.match(url, /manifest\.webmanifest$/);
    assert.deepEqual(errors, []);

    const answer = await fetch(`${server.url}/`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'(;|$)/);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/);
    const html = await answer.text();
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)[^>]*>\s*\S|\son\w+="|\sstyle="/, 'no inline script, handler or style');
    const ran = await phone.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.head.append(script);
      return window.inlineRan === true;
    });
    assert.equal(ran, false, 'an inline script does not run');
    assert.ok(await byId(phone.page, 'bottom-nav').isVisible());
  } finally {
    await phone.throwAway();
  }
});
