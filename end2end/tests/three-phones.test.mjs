// Two secretaries and a member mark the same people while nobody has a network: three witnesses, one row, nothing lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { allSent, byId, checkIn, counters, open, openRoll, pick, signIn, statusCode, statuses, tap } from '../lib/app.mjs';
import { evening } from '../lib/evening.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes } from '../lib/until.mjs';

let server;
const phones = [];
before(async () => { server = await Server.start(); });
after(async () => {
  for (const phone of phones) await phone.throwAway();
  await server?.stop();
});

test('three phones, the same people, no network', async () => {
  const { api, meeting } = await evening(server);
  const memberApi = await Api.signIn(server, 'demo-member');
  const self = memberApi.session.me.member;

  for (const [name, code] of [['may-bi-thu', 'demo-secretary'], ['may-pho-bi-thu', 'demo-secretary-2'], ['may-dang-vien', 'demo-member']]) {
    const phone = await Phone.make(server, { name });
    phones.push(phone);
    await signIn(phone, code);
  }
  const [one, two, own] = phones;
  await openRoll(one, meeting.id, 306);
  await openRoll(two, meeting.id, 306);
  await open(own, `/diem-danh-toi/${meeting.id}`);
  await byId(own.page, 'code-input').waitFor();
  for (const phone of phones) await phone.airplane();

  const everybody = Object.keys(await statuses(one.page)).filter((id) => id !== self);
  const [both, first, second, undone, different] = [[0, 20], [20, 28], [28, 36], [36, 40], [40, 44]].map(([from, to]) => everybody.slice(from, to));
  const wanted = {};
  for (const id of [...both, ...first, ...undone, self]) await tap(one.page, id);
  for (const id of [...both, ...second, ...undone, self]) await tap(two.page, id);
  // The first takes back what only the first has seen: the second's word stands.
  for (const id of undone) await tap(one.page, id);
  // One says present, the other late: one row, one of the two words, the same on every phone.
  for (const id of different) {
    await tap(one.page, id);
    await pick(two.page, id, 'pick-late');
  }
  for (const id of [...both, ...first, ...second, ...undone, self]) wanted[id] = 'present';
  assert.match(meeting.plan.code, /^\d{6}$/);
  await checkIn(own.page, meeting.plan.code);
  await byId(own.page, 'op-state').getByText('Đã lưu trên máy này').waitFor();

  // They come back one after the other; the last one first.
  for (const phone of [own, two, one]) {
    await phone.airplane(false);
    await allSent(phone.page, 60_000);
  }

  const list = await api.get(`reports/meeting/${meeting.id}`);
  const marked = Object.fromEntries(list.rows.filter((row) => row.status !== 'unmarked').map((row) => [row.member, statusCode(row.status)]));
  assert.equal(list.rows.length, 306, 'one row per member');
  for (const id of different) {
    assert.ok(['present', 'late'].includes(marked[id]), marked[id]);
    wanted[id] = marked[id];
  }
  assert.deepEqual(marked, wanted);
  assert.equal(list.tally.present, 20 + 8 + 8 + 4 + 4 + 1);
  assert.equal(list.tally.present + list.tally.unmarked, 306);
  assert.deepEqual(list.held, []);

  // Nothing is lost: every witness is in its row.
  const { presence } = await api.everything();
  const row = (id) => presence.get(`${meeting.id}:${id}`);
  assert.equal(Object.keys(row(self).marks).length, 3, 'three witnesses of one person');
  for (const id of both) assert.equal(Object.keys(row(id).marks).length, 2);
  for (const id of undone) assert.deepEqual([Object.keys(row(id).marks).length, Object.keys(row(id).voids).length], [2, 1]);

  const counts = { present: list.tally.present, excused: 0, unmarked: list.tally.unmarked };
  for (const phone of [one, two]) {
    await becomes('the phone counts as the server does', () => counters(phone.page), counts, 30_000);
    await becomes('and shows the same rows', async () => {
      const shown = await statuses(phone.page);
      return Object.fromEntries(Object.entries(shown).filter(([, status]) => status !== 'unmarked'));
    }, wanted);
  }
  for (const phone of phones) assert.deepEqual(phone.complaints, [], phone.name);
});
