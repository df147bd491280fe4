// A hall without network: an airplane-mode roll call of 306 people, a reload and a kill -9 in the middle, and what the ward sees afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import {
  allSent, appears, byId, counters, excuse, isSaved, open, openRoll, pick, rollIsThere, row, signIn, statusCode, statuses, tap, todaysMeeting, unsent,
} from '../lib/app.mjs';
import { DESK, Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';
import { readWorkbook } from '../lib/xlsx.mjs';

const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase();
const WORDS = { present: 'Có mặt', late: 'Đến muộn', excused: 'Vắng có lý do (báo trước)', absent: 'Vắng', unmarked: 'Chưa điểm danh' };

let server;
let phone;
let desk;
before(async () => { server = await Server.start(); });
after(async () => {
  await phone?.throwAway();
  await desk?.throwAway();
  await server?.stop();
});

test('306 people, no network, a reload and a killed browser: the ward sees exactly what was tapped', async (t) => {
  const step = steps(t);
  const secretary = await Api.signIn(server, 'demo-secretary');
  const cell = secretary.session.me.roles.find(({ role }) => role === 'secretary').unit;
  const meeting = await todaysMeeting(secretary, cell);
  const members = [...(await secretary.everything()).member.values()].filter((one) => one.cell === cell && !one.ended);
  assert.equal(members.length, 306);
  const named = new Map(members.map((one) => [one.id, one.name]));

  await step('first visit with network, then the phone is switched off', async () => {
    phone = await Phone.make(server, { name: 'dien-thoai-bi-thu' });
    await signIn(phone, 'demo-secretary');
    await open(phone, '/danh-sach');
    await until('all members are on the phone', async () => (await phone.page.locator('[data-testid=roster-row]').count()) >= 306, 30_000);
    await phone.settled();
    await phone.close();
  });

  const wanted = Object.fromEntries(members.map(({ id }) => [id, 'unmarked']));
  const p = () => phone.page;
  const agree = async (what) => becomes(what, async () => {
    const shown = await statuses(p());
    return Object.keys(wanted).filter((id) => shown[id] !== wanted[id]).map((id) => [named.get(id), shown[id], wanted[id]]);
  }, []);

  await step('cold start of a deep page in airplane mode', async () => {
    await phone.airplane();
    await phone.start();
    await open(phone, `/buoi-hop/${meeting.id}/diem-danh`);
    if (meeting.status !== 'open') await byId(p(), 'open-meeting').click();
    await rollIsThere(phone, 306);
    await agree('nobody is marked yet');
    assert.deepEqual(await counters(p()), { present: 0, excused: 0, unmarked: 306 });
  });

  const order = Object.keys(await statuses(p()));
  assert.deepEqual(order.toSorted(), members.map(({ id }) => id).toSorted(), 'the roll call lists the register');

  // A mix of everything that a secretary does, most of it plain taps.
  const mark = async (id, n) => {
    if (n % 31 === 30) return; // nobody knows: stays unmarked
    if (n % 17 === 5) {
      await excuse(p(), id, `Đi công tác ${n}`);
      wanted[id] = 'excused';
    } else if (n % 23 === 7) {
      await pick(p(), id, 'pick-late');
      wanted[id] = 'late';
    } else if (n % 41 === 11) {
      await pick(p(), id, 'pick-absent');
      wanted[id] = 'absent';
    } else if (n % 29 === 13) { // tapped by mistake and taken back
      await tap(p(), id);
      await tap(p(), id);
      wanted[id] = 'unmarked';
    } else if (n % 10 === 9) { // found by search, without tone marks
      const search = byId(p(), 'roll-search');
      await search.fill(fold(named.get(id)));
      await tap(p(), id);
      wanted[id] = 'present';
      await search.fill('');
    } else {
      await tap(p(), id);
      wanted[id] = 'present';
    }
  };
  const part = async (from, to) => {
    for (const [n, id] of order.entries()) if (n >= from && n < to) await mark(id, n);
  };
  const savedAll = () => until('no row is still being saved', async () =>
    (await p().locator('[data-testid=op-state][data-state=saving], [data-testid=op-state][data-state=not-saved]').count()) === 0);

  await step('the first hundred, then a reload', async () => {
    await part(0, 100);
    await agree('the first hundred');
    await savedAll();
    await p().reload({ waitUntil: 'domcontentloaded' });
    await rollIsThere(phone, 306);
    await agree('the first hundred after the reload');
  });

  await step('search finds without tone marks, by initials, and says when nobody is found', async () => {
    const search = byId(p(), 'roll-search');
    const visible = () => p().locator('[data-testid=roll-row]:visible').count();
    await search.fill('nguyen van hung');
    await becomes('the three of one name', visible, 3);
    await search.fill('zzzz');
    await becomes('nobody', visible, 0);
    await search.fill('');
    await becomes('everybody', visible, 306);
  });

  await step('the second hundred, then kill -9 right after the last shows saved', async () => {
    await part(100, 200);
    const last = order[200];
    await tap(p(), last);
    wanted[last] = 'present';
    await isSaved(p(), last);
    await phone.killAndStart();
    await open(phone, `/buoi-hop/${meeting.id}/diem-danh`);
    await rollIsThere(phone, 306);
    await agree('everything before the kill, the last tap too');
  });

  await step('kill -9 in the middle of quick taps: whatever showed saved is there', async () => {
    const burst = order.slice(201, 221);
    await Promise.all(burst.map((id) => row(p(), id).locator('.roll-main').evaluate((button) => button.click())));
    await isSaved(p(), burst[0]);
    const shown = await p().locator('[data-testid=roll-row]').evaluateAll((rows) => rows
      .filter((one) => /saved|sent|in-book/.test(one.querySelector('[data-testid=op-state]')?.dataset.state ?? ''))
      .map((one) => one.dataset.member));
    await phone.killAndStart();
    await open(phone, `/buoi-hop/${meeting.id}/diem-danh`);
    await rollIsThere(phone, 306);
    const now = await statuses(p());
    for (const id of burst) {
      if (shown.includes(id)) assert.equal(now[id], 'present', `${named.get(id)} was shown as saved`);
      wanted[id] = now[id];
    }
    await agree('what was there before');
  });

  await step('the rest', async () => {
    await part(221, 306);
    await agree('all 306');
    await savedAll();
    const count = (status) => Object.values(wanted).filter((one) => one === status).length;
    assert.deepEqual(await counters(p()), { present: count('present') + count('late'), excused: count('excused'), unmarked: count('unmarked') });
    assert.ok((await unsent(p())) >= 306 - count('unmarked'), 'all of it waits on this phone');
  });

  await step('network again: everything goes into the book, and the meeting is closed', async () => {
    await phone.airplane(false);
    await allSent(p(), 60_000);
    await agree('nothing changed by sending');
    await byId(p(), 'close-meeting').click();
    await byId(p(), 'close-meeting-yes').click();
    await byId(p(), 'reopen-meeting').waitFor();
    await allSent(p());
    assert.deepEqual(phone.complaints, []);
  });

  const total = (...which) => Object.values(wanted).filter((one) => which.includes(one)).length;
  const tally = { expected: 306, present: total('present', 'late'), late: total('late'), excused: total('excused'), absent: total('absent'), unmarked: total('unmarked') };

  await step('the report says exactly that', async () => {
    const ward = await Api.signIn(server, 'demo-ward');
    const list = await ward.get(`reports/meeting/${meeting.id}`);
    assert.equal(list.meeting.status, 'closed');
    assert.deepEqual(Object.fromEntries(list.rows.map((one) => [one.member, statusCode(one.status)])), wanted);
    for (const [name, n] of Object.entries(tally)) assert.equal(list.tally[name], n, name);
    assert.deepEqual(list.held, []);

    const { session } = ward;
    const report = await ward.get(`reports/ward/${session.me.roles[0].unit}`);
    const line = report.cells.find((one) => one.unit.id === cell);
    assert.equal(line.last.id, meeting.id);
    for (const [name, n] of Object.entries(tally)) assert.equal(line.last.tally[name], n, name);
  });

  await step('the workbook says exactly that', async () => {
    const ward = await Api.signIn(server, 'demo-ward');
    const [{ rows }] = readWorkbook(await ward.bytes(`reports/meeting/${meeting.id}.xlsx`));
    const sheet = rows.map((cells) => cells.map(String));
    const head = sheet.findIndex((cells) => cells.some((cell) => /họ.*tên/i.test(cell)));
    assert.ok(head >= 0, 'the sheet has a heading with names');
    const column = (pattern) => sheet[head].findIndex((cell) => pattern.test(cell));
    const [name, status] = [column(/họ.*tên/i), column(/tình trạng|trạng thái|điểm danh|kết quả/i)];
    assert.ok(status >= 0, `a column with the status: ${sheet[head]}`);
    const key = (who, what) => `${who} ${what}`;
    const found = sheet.slice(head + 1).filter((cells) => Object.values(WORDS).includes(cells[status])).map((cells) => key(cells[name], cells[status]));
    const expected = members.map(({ id, name: who }) => key(who, WORDS[wanted[id]]));
    assert.deepEqual(found.toSorted(), expected.toSorted());
  });

  await step('the ward\'s page says exactly that', async () => {
    desk = await Phone.make(server, { name: 'may-tinh-phuong', size: DESK });
    await signIn(desk, 'demo-ward');
    await open(desk, `/bao-cao/buoi-hop/${meeting.id}`);
    await becomes('306 rows on the ward\'s page', () => desk.page.locator('[data-testid=list-row]').count(), 306, 30_000);
    const shown = await desk.page.locator('[data-testid=list-row]').evaluateAll((all) => all.map((one) => [one.dataset.member, one.dataset.status]));
    assert.deepEqual(Object.fromEntries(shown), wanted);
    await open(desk, '/tong-quan');
    await appears(desk);
    const line = desk.page.locator(`[data-testid=cell-line][data-unit="${cell}"]`);
    await line.waitFor();
    const text = await line.innerText();
    assert.match(text, new RegExp(`\\b${tally.present}\\b`), text);
    assert.match(text, /\b306\b/, text);
    assert.deepEqual(desk.complaints, []);
  });
});
