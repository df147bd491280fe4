// A check-in made without network reaches the server after the tab was closed: by the browser's own sync event, in the service worker.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { allSent, byId, checkIn, open, signIn } from '../lib/app.mjs';
import { evening } from '../lib/evening.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, until } from '../lib/until.mjs';

let server;
let phone;
before(async () => { server = await Server.start(); });
after(async () => {
  await phone?.throwAway();
  await server?.stop();
});

/** What the browser does when the network is back and no page of the app is open. */
async function syncEvent(page, origin, tag) {
  const session = await page.context().newCDPSession(page);
  const registrations = new Map();
  session.on('ServiceWorker.workerRegistrationUpdated', (event) => {
    for (const one of event.registrations) if (!one.isDeleted) registrations.set(one.scopeURL, one.registrationId);
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await until('the browser names the worker', async () => registrations.get(`${origin}/`));
  await session.send('ServiceWorker.dispatchSyncEvent', { origin, registrationId, tag, lastChance: false });
}

test('a check-in reaches the server after the tab was closed', async () => {
  const { api, meeting } = await evening(server);
  phone = await Phone.make(server, { name: 'may-dong-tab' });
  await signIn(phone, 'demo-member');
  const self = (await Api.signIn(server, 'demo-member')).session.me.member;
  await open(phone, `/diem-danh-toi/${meeting.id}`);
  await byId(phone.page, 'code-input').waitFor();
  await phone.settled();

  await phone.airplane();
  await checkIn(phone.page, meeting.plan.code);
  await byId(phone.page, 'op-state').getByText('Đã lưu trên máy này').waitFor();
  await until('the app asks the browser to send later', () => phone.page.evaluate(async () => {
    const worker = await navigator.serviceWorker.getRegistration();
    return (await worker.sync.getTags()).includes('slh-push');
  }));

  // No page of the app is open any more; this one belongs to the server alone.
  const other = await phone.context.newPage();
  await phone.page.close();
  const marks = async () => {
    const { presence } = await api.everything();
    return Object.keys(presence.get(`${meeting.id}:${self}`)?.marks ?? {}).length;
  };
  assert.equal(await marks(), 0, 'the server knows nothing yet');
  await phone.airplane(false);
  await other.goto(`${phone.url}/healthz`);
  await syncEvent(other, phone.url, 'slh-push');
  await becomes('the check-in is in the book', marks, 1);

  // The app comes back, offers it again, and hears that it is known.
  phone.page = other;
  phone.watch(other);
  await open(phone, '/');
  await byId(other, 'checked-in').getByText('Đã vào sổ').waitFor();
  await allSent(other);
  assert.equal(await marks(), 1, 'one tap, one witness');
  assert.deepEqual(phone.complaints, []);
});
