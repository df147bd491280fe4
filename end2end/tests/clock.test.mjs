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

// `late`: the clock is right at first and jumps while the phone has no network.
for (const [what, days, late] of [['a year ahead', 366, false], ['a year behind', -366, false], ['that jumps a year back', -366, true]]) {
  test(`a clock ${what} loses nothing and locks nobody out`, async () => {
    const phone = await Phone.make(server, { name: `may-sai-gio-${days}-${late}` });
    const [one, two] = fresh.splice(0, 2);
    try {
      if (!late) await shift(phone, days);
      await signIn(phone, 'demo-secretary');
      await openRoll(phone, meeting.id, 306);
      await phone.settled();
      await phone.airplane();
      await tap(phone.page, one);
      await isSaved(phone.page, one);
      if (late) await shift(phone, days);
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
