// The module comes in parts: a page whose part cannot be fetched says so and opens when it can; nothing waits for a part it does not need.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { byId, open, signIn } from '../lib/app.mjs';
import { siteFolder } from '../lib/env.mjs';
import { shot } from '../lib/look.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';

let server;
const phones = [];
before(async () => { server = await Server.start(); });
after(async () => {
  for (const phone of phones) await phone.throwAway();
  await server?.stop();
});
const make = async (name) => {
  const phone = await Phone.make(server, { name });
  phones.push(phone);
  return phone;
};
const { parts } = JSON.parse(readFileSync(join(siteFolder(), 'assets.json'), 'utf8'));
const cut = (phone, part) => phone.network.fail({ path: parts[part].find((path) => path.includes(`split_${part}`)) }, ({ answer }) => answer.destroy());

test('the first screen stands without the engine, and signing in waits for it', async () => {
  const phone = await make('may-khong-phan');
  const gone = cut(phone, 'engine');
  await phone.open('/vao');
  await byId(phone.page, 'sign-in-code').waitFor();
  await byId(phone.page, 'sign-in-code').fill('demo-member');
  await byId(phone.page, 'sign-in').click();
  await phone.page.getByText('Đăng nhập lần đầu cần có mạng', { exact: false }).first().waitFor();
  assert.equal(await byId(phone.page, 'sign-in-code').inputValue(), 'demo-member', 'what was typed stays');
  gone.stop();
  await byId(phone.page, 'sign-in').click();
  await byId(phone.page, 'next-meeting').waitFor();
});

test('a page whose part does not come says so, and opens when it does', async () => {
  const phone = await make('may-thieu-phan');
  const gone = cut(phone, 'member');
  await signIn(phone, 'demo-member');
  await byId(phone.page, 'bottom-nav').getByText('Thông báo').click();
  await phone.page.getByText('Chưa mở được trang này').waitFor();
  await shot(phone.page, 'part-not-here');
  gone.stop();
  await phone.page.getByRole('button', { name: 'Thử lại' }).click();
  await byId(phone.page, 'notice-item').first().waitFor();
  await open(phone, '/so-lien-he');
});
