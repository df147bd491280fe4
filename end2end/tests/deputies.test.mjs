// Somebody who stands in for the secretary at one meeting: named on the meeting's page, calls the roll with no network, and is ended while he is away.
// And the phones of a unit on one screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { allSent, byId, isSaved, open, openRoll, signIn, tap } from '../lib/app.mjs';
import { evening, membersOf, once, witnesses } from '../lib/evening.mjs';
import { lookInAll, shot } from '../lib/look.mjs';
import { DESK, Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';

let server;
let api;
let meeting;
let cell;
let fresh;
before(async () => {
  server = await Server.start();
  ({ api, cell, meeting } = await evening(server));
  fresh = await membersOf(api, cell);
});
after(() => server?.stop());

const rollRows = (page) => page.locator('[data-testid=roll-row]').count();
const heldOf = async (why) => [...((await api.everything()).held?.values() ?? [])].filter((one) => one.why === why);

test('a deputy calls the roll of one meeting', async (t) => {
  const step = steps(t);
  const asDeputy = await Api.signIn(server, 'demo-member', 'chương trình');
  const me = asDeputy.session.me;
  fresh = fresh.filter((id) => id !== me.member);
  const secretary = await Phone.make(server, { name: 'may-bi-thu' });
  const deputy = await Phone.make(server, { name: 'may-duoc-giao' });
  try {
    await step('before, a member has no roll call', async () => {
      await signIn(deputy, 'demo-member');
      await open(deputy, `/buoi-hop/${meeting.id}/diem-danh`);
      await byId(deputy.page, 'not-yours').waitFor();
      assert.equal(await rollRows(deputy.page), 0);
    });
    await step('the secretary finds the name without accents and gives the roll call', async () => {
      const { page } = secretary;
      await signIn(secretary, 'demo-secretary');
      await open(secretary, `/buoi-hop/${meeting.id}`);
      await byId(page, 'to-deputies').click();
      const plain = me.name.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase();
      await byId(page, 'deputy-search').fill(plain);
      await byId(page, 'deputy-pick').first().waitFor();
      await lookInAll(page, 'giao-thay-tim');
      await byId(page, 'deputy-pick').filter({ hasText: me.name }).first().click();
      await byId(page, 'deputy').filter({ hasText: me.name }).waitFor();
      await lookInAll(page, 'giao-thay');
      assert.deepEqual((await api.get(`meetings/${meeting.id}/deputies`)).map(({ name }) => name), [me.name]);
    });
    await step('the deputy is told on the first page and sees names, no more', async () => {
      await open(deputy, '/');
      await byId(deputy.page, 'stand-in').waitFor({ timeout: 30_000 });
      await lookInAll(deputy.page, 'duoc-giao-hom-nay');
      const { member, presence } = await asDeputy.everything();
      const others = [...member.values()].filter(({ id }) => id !== me.member);
      assert.ok(others.length > 300 && others.every((one) => !one.phone && !one.address && !one.workplace));
      assert.ok([...(presence?.keys() ?? [])].every((key) => key.startsWith(meeting.id) || key.endsWith(me.member)));
      await openRoll(deputy, meeting.id, 300);
      // Looked at in all themes where the secretary calls it; here it is the same list.
      await shot(deputy.page, 'duoc-giao-diem-danh');
      for (const id of ['show-code', 'close-meeting']) assert.equal(await byId(deputy.page, id).count(), 0, id);
      await deputy.settled();
    });
    const here = fresh.splice(0, 5);
    await step('with no network, after a new start, the roll is called; later each counts once', async () => {
      await deputy.airplane();
      await openRoll(deputy, meeting.id, 300);
      for (const id of here) await tap(deputy.page, id);
      for (const id of here) await isSaved(deputy.page, id);
      assert.ok((await witnesses(api, meeting.id, here)).every((n) => n === 0));
      await deputy.airplane(false);
      await allSent(deputy.page, 60_000);
      await once(api, meeting.id, here);
      const { presence } = await api.everything();
      assert.ok(here.every((id) => Object.values(presence.get(`${meeting.id}:${id}`).marks).every(({ role }) => role === 'deputy')));
    });
    const late = fresh.splice(0, 3);
    await step('ended while the phone is away: what it did is held, names and roll call go', async () => {
      const { page } = secretary;
      await deputy.airplane();
      for (const id of late) await tap(deputy.page, id);
      for (const id of late) await isSaved(deputy.page, id);
      await byId(page, 'deputy-end').click();
      await until('the question stands', () => byId(page, 'confirm-yes').isVisible());
      await lookInAll(page, 'thoi-giao');
      await byId(page, 'confirm-yes').click();
      await becomes('nobody stands in any more', async () => (await api.get(`meetings/${meeting.id}/deputies`)).length, 0);
      await deputy.airplane(false);
      await until('the three are held', async () => (await heldOf('permission_changed')).length === 3, 60_000);
      await byId(deputy.page, 'not-yours').waitFor({ timeout: 60_000 });
      assert.equal(await rollRows(deputy.page), 0);
      await lookInAll(deputy.page, 'het-giao');
      const { member } = await asDeputy.everything();
      assert.deepEqual([...member.keys()], [me.member], 'only the own row is left');
    });
    await step('the secretary accepts it, and each counts once', async () => {
      const { page } = secretary;
      await open(secretary, '/chua-gui');
      await until('the page shows what was sent', async () => (await page.locator('[data-testid=held-item]').count()) >= 3, 30_000);
      await byId(page, 'accept-all').click();
      await once(api, meeting.id, late);
      await becomes('nothing is held any more', async () => (await heldOf('permission_changed')).length, 0);
      await open(deputy, '/ai-xem-gi');
      await byId(deputy.page, 'other-role').first().waitFor();
      assert.match(await deputy.page.locator('main').innerText(), /Người được giao thay[\s\S]*đúng một buổi họp/);
    });
    for (const phone of [secretary, deputy]) assert.deepEqual(phone.complaints, []);
  } finally {
    await secretary.throwAway();
    await deputy.throwAway();
  }
});

test('the phones of a ward on one screen', async (t) => {
  const step = steps(t);
  const desk = await Phone.make(server, { name: 'may-dang-uy', size: DESK });
  const hand = await Phone.make(server, { name: 'may-tay' });
  try {
    await step('the ward sees all, in pages, filters and finds', async () => {
      const { page } = desk;
      await signIn(desk, 'demo-ward');
      await open(desk, '/may-don-vi');
      await byId(page, 'unit-phone').first().waitFor();
      await shot(page, 'may-don-vi-1280');
      const lines = () => byId(page, 'unit-phone').count();
      const first = await lines();
      if (await byId(page, 'phones-more').count()) {
        await byId(page, 'phones-more').click();
        await until('there are more', async () => (await lines()) > first);
      }
      await byId(page, 'phones-search').fill('khong co ai ten nhu the');
      await becomes('nobody is found', lines, 0);
      await shot(page, 'may-don-vi-khong-1280');
      await byId(page, 'phones-search').fill('');
      await until('all are back', async () => (await lines()) > 0);
      await page.getByRole('button', { name: /30 ngày/ }).click();
      await becomes('the filter is on', () => page.getByRole('button', { name: /30 ngày/ }).getAttribute('aria-pressed'), 'true');
    });
    await step('the secretary signs a member\'s phone out, after a question', async () => {
      const { page } = hand;
      const lost = await Api.signIn(server, 'demo-member-2', 'máy bị mất');
      await signIn(hand, 'demo-secretary');
      await open(hand, '/may-don-vi');
      await byId(page, 'phones-search').fill(lost.session.me.name);
      const line = page.locator(`[data-testid=unit-phone][data-device="${lost.session.dev}"]`);
      await line.waitFor();
      await lookInAll(page, 'may-don-vi');
      await line.getByTestId('phone-out').click();
      await until('the question stands', () => byId(page, 'confirm-yes').isVisible());
      assert.match(await byId(page, 'confirm').innerText(), /giữ lại/);
      await lookInAll(page, 'may-don-vi-hoi');
      await byId(page, 'confirm-yes').click();
      await until('it is out', async () => (await line.getByTestId('phone-out').count()) === 0);
      assert.equal((await lost.raw('GET', 'session')).status, 401);
    });
    await step('with no network the page says so and comes back', async () => {
      const { page } = hand;
      await hand.settled();
      await hand.airplane();
      await open(hand, '/may-don-vi');
      await page.getByText('Chưa xem được các máy').waitFor({ timeout: 30_000 });
      await lookInAll(page, 'may-don-vi-mat-mang');
      await hand.airplane(false);
      await page.getByRole('button', { name: 'Thử lại' }).click();
      await byId(page, 'unit-phone').first().waitFor();
    });
    for (const phone of [desk, hand]) assert.deepEqual(phone.complaints, []);
  } finally {
    await desk.throwAway();
    await hand.throwAway();
  }
});
