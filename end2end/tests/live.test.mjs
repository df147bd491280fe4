// While a meeting is open, a check-in on one phone shows on the others by itself: by the server's events, and by asking where those fail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { byId, open, openRoll, row, signIn, statuses, tap } from '../lib/app.mjs';
import { evening } from '../lib/evening.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, until } from '../lib/until.mjs';

let server;
const phones = [];
before(async () => { server = await Server.start(); });
after(async () => {
  for (const phone of phones) await phone.throwAway();
  await server?.stop();
});
const make = async (name, code) => {
  const phone = await Phone.make(server, { name });
  phones.push(phone);
  await signIn(phone, code);
  return phone;
};
const events = (phone) => phone.network.count('/api/v1/live');
const status = (phone, id) => row(phone.page, id).getAttribute('data-status');

test('check-ins of other phones appear on the secretary’s and the ward’s screens', async () => {
  const { api, meeting } = await evening(server);
  const one = await make('may-bi-thu', 'demo-secretary');
  const two = await make('may-pho-bi-thu', 'demo-secretary-2');
  const ward = await make('may-phuong', 'demo-ward');
  await openRoll(one, meeting.id, 306);
  await openRoll(two, meeting.id, 306);
  await open(ward, '/tong-quan');
  const line = ward.page.locator(`[data-testid=open-line][data-meeting="${meeting.id}"]`);
  await line.waitFor();
  for (const phone of [one, ward]) await until('the line of events is open', async () => events(phone) > 0);
  const ids = Object.keys(await statuses(one.page)).slice(0, 4);

  await tap(two.page, ids[0]);
  await becomes('the other secretary sees it', () => status(one, ids[0]), 'present', 5_000);
  await until('the ward sees it', async () => /Có mặt 1 trên 306/.test(await line.textContent()), 5_000);
  // An undo travels the same way.
  await tap(two.page, ids[0]);
  await becomes('the other secretary sees the undo', () => status(one, ids[0]), 'unmarked', 5_000);

  // Where events do not come through, the phone asks by itself.
  const deaf = one.network.fail({ path: '/api/v1/live' }, ({ answer }) => answer.destroy());
  await one.page.reload();
  await openRoll(one, meeting.id, 306);
  await tap(two.page, ids[1]);
  await becomes('it is asked for', () => status(one, ids[1]), 'present', 30_000);
  assert.ok(deaf.count > 0, 'the events were tried');
  deaf.stop();
  await byId(one.page, 'roll-search').waitFor();
  for (const phone of [two, ward]) assert.deepEqual(phone.complaints, []);
});
