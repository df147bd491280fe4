// A new version comes while things wait to be sent: it is offered, never forced, and nothing gets lost on either side of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allSent, byId, isSaved, open, openRoll, rows, signIn, tap, unsent } from '../lib/app.mjs';
import { discard } from '../lib/env.mjs';
import { evening } from '../lib/evening.mjs';
import { axe, shot, tooSmall, tooWide } from '../lib/look.mjs';
import { Phone } from '../lib/phone.mjs';
import { nextRelease } from '../lib/release.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, until } from '../lib/until.mjs';

let server;
let phone;
let release;
before(async () => {
  server = await Server.start();
  release = nextRelease(server.site);
});
after(async () => {
  await phone?.throwAway();
  await server?.stop();
  if (release) discard(release.folder);
});

const bootOf = (page) => page.evaluate(() => [...document.scripts].map((one) => new URL(one.src).pathname).find((path) => path.includes('boot')));

test('a new version while ops wait', async () => {
  const { api, meeting } = await evening(server);
  phone = await Phone.make(server, { name: 'may-bi-thu' });
  await signIn(phone, 'demo-secretary');
  await openRoll(phone, meeting.id, 306);
  await phone.settled();
  const { page } = phone;
  assert.equal(await bootOf(page), release.old.boot);
  const ids = (await rows(page)).map(({ member }) => member);
  const mark = async (some) => {
    for (const id of some) {
      await tap(page, id);
      await isSaved(page, id);
    }
  };

  // Ops wait; the server gets the new version; the phone can load it but not send.
  let blocked = phone.network.fail({ path: '/api/v1/push' }, ({ answer }) => answer.destroy());
  await mark(ids.slice(0, 5));
  await server.restart({ site: release.folder });
  await page.reload({ waitUntil: 'domcontentloaded' });
  await until('the new worker waits', () => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting)), 60_000);
  assert.equal(await bootOf(page), release.old.boot, 'the old version runs on');
  assert.equal(await byId(page, 'update').count(), 0, 'a roll call is not interrupted');
  await open(phone, '/');
  await byId(page, 'update').waitFor();
  assert.deepEqual([...(await axe(page)), ...(await tooWide(page)), ...(await tooSmall(page))], []);
  await shot(page, 'ban-moi');
  await becomes('all five wait', () => unsent(page), 5);

  // The old version still pushes to the new server.
  blocked.stop();
  await allSent(page, 60_000);
  assert.equal(await bootOf(page), release.old.boot);

  // With ops waiting again, the update is taken.
  blocked = phone.network.fail({ path: '/api/v1/push' }, ({ answer }) => answer.destroy());
  await openRoll(phone, meeting.id, 306);
  await mark(ids.slice(5, 9));
  await open(phone, '/');
  await byId(page, 'update').getByRole('button').click();
  await until('the new version runs', async () => (await bootOf(page)) === release.boot, 30_000);
  await byId(page, 'bottom-nav').waitFor();
  await becomes('all four still wait', () => unsent(page), 4);
  assert.equal(await byId(page, 'update').count(), 0);
  blocked.stop();
  await allSent(page, 60_000);

  const { presence } = await api.everything();
  for (const id of ids.slice(0, 9)) assert.equal(Object.keys(presence.get(`${meeting.id}:${id}`)?.marks ?? {}).length, 1);
  const caches = await page.evaluate(() => globalThis.caches.keys());
  assert.deepEqual(caches.filter((name) => name.startsWith('slh-')), [`slh-${release.build}`], 'the old cache is gone');
  assert.deepEqual(phone.complaints, []);
});
