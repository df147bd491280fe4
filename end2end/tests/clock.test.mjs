// A phone whose clock is a year wrong: it signs in, calls names without network, and each counts once, at a time that is possible.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { evening, membersOf, once } from '../lib/evening.mjs';
import { allSent, isSaved, openRoll, signIn, tap } from '../lib/app.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';

const DAY = 86_400_000;
let server;
let api;
let meeting;
let fresh;
before(async () => {
  server = await Server.start();
  let cell;
  ({ api, cell, meeting } = await evening(server));
  fresh = await membersOf(api, cell);
});
after(() => server?.stop());

const shift = (phone, days) => phone.context.addInitScript((ms) => {
  const real = Date.now;
  Date.now = () => real() + ms;
}, days * DAY);

for (const [what, days] of [['ahead', 366], ['behind', -366]]) {
  test(`a clock that is a year ${what} loses nothing and locks nobody out`, async () => {
    const phone = await Phone.make(server, { name: `may-sai-gio-${what}` });
    const [one, two] = fresh.splice(0, 2);
    try {
      await shift(phone, days);
      await signIn(phone, 'demo-secretary');
      await openRoll(phone, meeting.id, 306);
      await phone.settled();
      await phone.airplane();
      await tap(phone.page, one);
      await isSaved(phone.page, one);
      // Opened again without network, with what lies there closed.
      await openRoll(phone, meeting.id, 306);
      await tap(phone.page, two);
      await isSaved(phone.page, two);
      await phone.airplane(false);
      await allSent(phone.page);
      await once(api, meeting.id, [one, two]);
      assert.deepEqual(phone.complaints, []);
    } finally {
      await phone.throwAway();
    }
  });
}

test('a clock that jumps back a year in the middle of the meeting', async () => {
  const phone = await Phone.make(server, { name: 'may-nhay-gio' });
  const [one, two] = fresh.splice(0, 2);
  try {
    await signIn(phone, 'demo-secretary');
    await openRoll(phone, meeting.id, 306);
    await phone.settled();
    await phone.airplane();
    await tap(phone.page, one);
    await isSaved(phone.page, one);
    await shift(phone, -366);
    await openRoll(phone, meeting.id, 306);
    await tap(phone.page, two);
    await isSaved(phone.page, two);
    await phone.airplane(false);
    await allSent(phone.page);
    await once(api, meeting.id, [one, two]);
    assert.deepEqual(phone.complaints, []);
  } finally {
    await phone.throwAway();
  }
});
