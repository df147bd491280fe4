// A notice is sent before the meeting and read without network; a member checks in without network, with the code of the meeting.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { allSent, byId, checkIn, open, openRoll, row, signIn, todaysMeeting, unsent } from '../lib/app.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';

const TITLE = 'Giấy mời họp chi bộ kỳ này';
const BODY = 'Kính mời các đồng chí dự họp đúng giờ.\nTài liệu gửi kèm, xin đọc trước.';
const PAPER = 'Dự thảo nghị quyết';

let server;
const phones = {};
const phone = async (name, code) => {
  phones[name] = await Phone.make(server, { name });
  await signIn(phones[name], code);
  return phones[name];
};
before(async () => { server = await Server.start(); });
after(async () => {
  for (const one of Object.values(phones)) await one.throwAway();
  await server?.stop();
});

test('a notice read in airplane mode, and a check-in by the member', async (t) => {
  const step = steps(t);
  const api = await Api.signIn(server, 'demo-secretary');
  const cell = api.session.me.roles.find(({ role }) => role === 'secretary').unit;
  const meeting = await todaysMeeting(api, cell);
  const self = (await Api.signIn(server, 'demo-member')).session.me.member;
  let writer;
  let reader;
  let notice;

  await step('the secretary writes it on the phone', async () => {
    writer = await phone('may-bi-thu', 'demo-secretary');
    await open(writer, '/thong-bao-moi');
    const { page } = writer;
    await byId(page, 'notice-title').fill(TITLE);
    await byId(page, 'notice-body').fill(BODY);
    await byId(page, 'paper-add').click();
    await byId(page, 'paper-title').first().fill(PAPER);
    await byId(page, 'paper-text').first().fill('Điều 1. Nội dung.');
    await byId(page, 'notice-save').click();
    await allSent(page);
    notice = await until('the notice is at the server', async () =>
      [...(await api.everything()).notice.values()].find((one) => one.text.title === TITLE));
    assert.equal(notice.text.body, BODY);
    assert.equal(notice.text.papers[0].title, PAPER);
  });

  await step('the member gets it with network and opens it without', async () => {
    reader = await phone('may-dang-vien', 'demo-member');
    await open(reader, '/thong-bao');
    await reader.page.locator(`[data-testid=notice-item][href="/thong-bao/${notice.id}"][data-unread=true]`).waitFor();
    await reader.settled();
    await reader.close();

    await reader.airplane();
    await reader.start();
    await open(reader, '/thong-bao');
    const item = reader.page.locator(`[data-testid=notice-item][href="/thong-bao/${notice.id}"]`);
    assert.equal(await item.getAttribute('data-unread'), 'true');
    await item.click();
    await reader.page.getByText('Kính mời các đồng chí dự họp đúng giờ.').waitFor();
    await until('the papers are there', () => reader.page.getByText(PAPER).first().isVisible());
    await becomes('the mark waits', () => unsent(reader.page), 1);
    await open(reader, '/thong-bao');
    await becomes('it is no longer new', () => item.getAttribute('data-unread'), 'false');
    await open(reader, `/thong-bao/${notice.id}`);
    await reader.page.getByText('Kính mời').waitFor();
    assert.equal(await unsent(reader.page), 1, 'opening it again makes no second mark');
  });

  await step('with network the mark arrives, and the writer sees who has read', async () => {
    const before = await api.get(`notices/${notice.id}/reads`);
    assert.deepEqual(before.read, []);
    await reader.airplane(false);
    await allSent(reader.page);
    const reads = await until('the server has the mark', async () => {
      const now = await api.get(`notices/${notice.id}/reads`);
      return now.read.length && now;
    });
    assert.deepEqual(reads.read.map((one) => one.member), [self]);
    assert.equal(reads.read.length + reads.unread.length, reads.audience);
    await open(writer, `/thong-bao/${notice.id}`);
    const list = byId(writer.page, 'notice-reads');
    await until('the writer sees it', async () => (await list.innerText()).includes(reads.read[0].name));
  });

  await step('a scheduled notice stays with its writer until it is sent, and goes when it is withdrawn', async () => {
    const { page } = writer;
    const title = 'Nhắc lịch trực tuần sau';
    const kind = (value) => page.locator(`label.choice:has(input[name=when][value=${value}])`);
    await open(writer, '/thong-bao-moi');
    await byId(page, 'notice-title').fill(title);
    await byId(page, 'notice-body').fill('Xin xem bảng phân công.');
    await kind('later').click();
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await page.locator('#date').fill(tomorrow);
    await page.locator('#time').fill('07:30');
    await byId(page, 'notice-save').click();
    await allSent(page);
    const find = async () => [...(await api.everything()).notice.values()].find((one) => one.text.title === title);
    const planned = await until('it is at the server', find);
    assert.ok(planned.text.publish_at > Date.now());
    const item = (one) => one.page.locator(`[data-testid=notice-item][href="/thong-bao/${planned.id}"]`);
    await open(writer, '/thong-bao');
    await item(writer).waitFor();
    await open(reader, '/thong-bao');
    await reader.settled();
    assert.equal(await item(reader).count(), 0, 'nobody but writers knows of it yet');

    await open(writer, `/thong-bao/${planned.id}/sua`);
    await kind('now').click();
    await byId(page, 'notice-save').click();
    await allSent(page);
    await item(reader).waitFor(); // by itself: the member's phone follows live

    await open(writer, `/thong-bao/${planned.id}/sua`);
    await byId(page, 'notice-withdraw').click();
    await byId(page, 'confirm-yes').click();
    await allSent(page);
    await item(reader).waitFor({ state: 'detached' });
    await open(writer, '/thong-bao');
    await item(writer).waitFor();
  });

  await step('the member checks in without network, with the code from the secretary\'s phone', async () => {
    await openRoll(writer, meeting.id, 0);
    const { page } = writer;
    const opener = byId(page, 'open-meeting');
    await byId(page, 'show-code').or(opener).first().waitFor();
    if (await opener.isVisible()) await opener.click();
    await byId(page, 'show-code').click();
    const code = (await byId(page, 'meeting-code').textContent()).replace(/\D/g, '');
    assert.match(code, /^\d{6}$/);
    await page.keyboard.press('Escape');
    await allSent(page);

    // The meeting opens on the member's phone by itself.
    await open(reader, '/');
    const button = byId(reader.page, 'checkin-button');
    await button.waitFor();
    await reader.airplane();
    await button.click();
    await checkIn(reader.page, code);
    await byId(reader.page, 'op-state').getByText('Đã lưu trên máy này').waitFor();
    await reader.killAndStart();
    await open(reader, '/');
    await becomes('the check-in waits, also after a kill', () => unsent(reader.page), 1);
    await reader.airplane(false);
    await allSent(reader.page);
    await becomes('the secretary sees it without doing anything', () => row(page, self).getAttribute('data-status'), 'present', 10_000);
    const { presence } = await api.everything();
    assert.equal(Object.keys(presence.get(`${meeting.id}:${self}`).marks).length, 1);
  });

  await step('a wrong code is refused, and the person is told so with a way out', async () => {
    const other = await phone('may-dang-vien-2', 'demo-member-2');
    await open(other, `/diem-danh-toi/${meeting.id}`);
    const wrong = meeting.plan.code === '000000' ? '111111' : '000000';
    await checkIn(other.page, wrong);
    await byId(other.page, 'code-error').getByText(/mã/i).waitFor();
    await open(other, '/chua-gui');
    await other.page.getByText('Mã buổi họp chưa đúng').first().waitFor();
    const list = await api.get(`reports/meeting/${meeting.id}`);
    const id = (await Api.signIn(server, 'demo-member-2')).session.me.member;
    assert.equal(list.rows.find((one) => one.member === id).status, 'unmarked', 'it does not count');
  });

  await step('no complaints', () => {
    for (const one of Object.values(phones)) assert.deepEqual(one.complaints, [], one.name);
  });
});
