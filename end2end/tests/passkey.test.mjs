// Passkeys in a real browser with an authenticator of software: adding one, signing in by it, opening a locked phone with it, and everything that goes
// wrong on the way. Passkeys are bound to a name, so the phone goes by `localhost`.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { byId, open, signIn } from '../lib/app.mjs';
import { lookInAll } from '../lib/look.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { becomes, steps, until } from '../lib/until.mjs';

const PIN = '271828';
let server;
before(async () => { server = await Server.start(); });
after(() => server?.stop());

const look = ({ page }, name) => lookInAll(page, `khoa-${name}`);

/** A phone that knows the server by name, with an authenticator built in that looks at its person. */
async function phoneWithKeys(name, authenticator = {}) {
  const phone = await Phone.make(server, { name });
  Object.defineProperty(phone, 'url', { get: () => phone.network.url.replace('127.0.0.1', 'localhost') });
  const cdp = await phone.context.newCDPSession(phone.page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true, hasPrf: true, ...authenticator,
    },
  });
  phone.keys = {
    all: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    /** The person closes what the browser asks, until told otherwise. An authenticator of software has nothing that could be closed. */
    sentAway: (away) => phone.page.evaluate((closed) => {
      for (const what of ['create', 'get']) {
        if (closed) navigator.credentials[what] = () => Promise.reject(new DOMException('closed', 'NotAllowedError'));
        else delete navigator.credentials[what];
      }
    }, away),
  };
  return phone;
}

const list = (page) => page.locator('[data-testid=passkey]');
const problem = (page, words) => page.getByTestId('passkey-problem').getByText(words).waitFor();

async function leave({ page }) {
  await byId(page, 'sign-out').click();
  await byId(page, 'confirm-yes').click();
  await byId(page, 'sign-in-code').waitFor();
}
const isIn = (page) => byId(page, 'bottom-nav').waitFor();

async function locked(phone) {
  await phone.open('/');
  await byId(phone.page, 'pin-form').waitFor();
}
async function typePin(page, pin) {
  await byId(page, 'pin').fill(pin);
  await byId(page, 'pin-open').click();
}

test('somebody with a passkey', async (t) => {
  const step = steps(t);
  const phone = await phoneWithKeys('may-khoa');
  const { page } = phone;
  try {
    await step('adds one, and gives it another name', async () => {
      await signIn(phone, 'demo-ward');
      await open(phone, '/cai-dat');
      await byId(page, 'to-passkeys').click();
      await page.getByText('Chưa có khóa truy cập nào').waitFor();
      await look(phone, 'chua-co');
      await phone.keys.sentAway(true);
      await byId(page, 'passkey-add').click();
      await problem(page, 'Chưa có gì thay đổi');
      assert.equal(await list(page).count(), 0);
      await phone.keys.sentAway(false);
      await byId(page, 'passkey-name').fill('Máy bàn cơ quan');
      await byId(page, 'passkey-add').click();
      await list(page).getByText('Máy bàn cơ quan').waitFor();
      const [made] = await phone.keys.all();
      assert.ok(made.isResidentCredential && made.rpId === 'localhost');
      await byId(page, 'passkey-rename').click();
      await byId(page, 'passkey-new-name').fill('Điện thoại');
      await byId(page, 'passkey-rename-save').click();
      await list(page).getByText('Điện thoại').waitFor();
      await look(phone, 'mot');
      // The authenticator says that it has one already.
      await byId(page, 'passkey-add').click();
      await problem(page, 'không cần thêm nữa');
      assert.equal((await phone.keys.all()).length, 1);
    });
    await step('signs in with it; one that was sent away lets nobody in, and nothing is lost', async () => {
      await open(phone, '/cai-dat');
      await leave(phone);
      await byId(page, 'to-passkey').click();
      await byId(page, 'passkey-in').waitFor();
      await look(phone, 'vao');
      await byId(page, 'passkey-device').fill('Máy mới của tôi');
      await phone.keys.sentAway(true);
      await byId(page, 'passkey-in').click();
      await problem(page, 'hộp hỏi đã đóng');
      await look(phone, 'vao-khong-duoc');
      assert.equal(await byId(page, 'passkey-device').inputValue(), 'Máy mới của tôi');
      await phone.keys.sentAway(false);
      await phone.airplane();
      await byId(page, 'passkey-in').click();
      await problem(page, 'cần có mạng');
      await phone.airplane(false);
      await byId(page, 'passkey-in').click();
      await isIn(page);
      await open(phone, '/khoa-truy-cap');
      await list(page).getByText('dùng gần nhất').waitFor();
    });
    await step('lets it open the locked phone, too, for whoever knows the PIN', async () => {
      assert.equal(await byId(page, 'passkey-open').count(), 0, 'without a PIN there is nothing to open');
      await open(phone, '/ma-pin');
      await byId(page, 'pin-new').fill(PIN);
      await byId(page, 'pin-again').fill(PIN);
      await byId(page, 'pin-save').click();
      await byId(page, 'to-passkeys').click();
      await byId(page, 'passkey-pin').fill('314159');
      await byId(page, 'passkey-open-go').click();
      await page.getByText('Mã PIN chưa đúng').waitFor();
      await byId(page, 'passkey-pin').fill(PIN);
      await look(phone, 'mo-may');
      await byId(page, 'passkey-open-go').click();
      await byId(page, 'passkey-open-on').waitFor();
      await byId(page, 'passkey-open').scrollIntoViewIfNeeded();
      await look(phone, 'dang-bat');
      await phone.settled();
    });
    await step('opens it without network; wrong PINs count on as they did', async () => {
      await phone.airplane();
      await locked(phone);
      await typePin(page, '314159');
      await page.getByText('Còn 9 lần thử').waitFor();
      await look(phone, 'khoa');
      await phone.keys.sentAway(true);
      await byId(page, 'passkey-unlock').click();
      await byId(page, 'pin-form').getByText('hộp hỏi đã đóng').waitFor();
      await phone.keys.sentAway(false);
      await byId(page, 'passkey-unlock').click();
      await byId(page, 'pin-form').waitFor({ state: 'detached' });
      await byId(page, 'bottom-nav').waitFor();
      await locked(phone);
      await typePin(page, '314159');
      await page.getByText('Còn 8 lần thử').waitFor();
      await typePin(page, PIN);
      await byId(page, 'bottom-nav').waitFor();
      // A page that is only covered.
      await open(phone, '/cai-dat');
      await byId(page, 'passkey-unlock').click();
      await byId(page, 'pin-lock').click();
      await byId(page, 'passkey-unlock').click();
      await byId(page, 'pin-form').waitFor({ state: 'detached' });
      await byId(page, 'pin-lock').waitFor();
      await phone.airplane(false);
    });
    await step('removes it: it neither opens the phone nor signs in any more', async () => {
      await byId(page, 'to-passkeys').click();
      await byId(page, 'passkey-remove').click();
      await page.getByText('chỉ mở sổ bằng mã PIN').waitFor();
      await look(phone, 'go');
      await byId(page, 'confirm-yes').click();
      await page.getByText('Chưa có khóa truy cập nào').waitFor();
      await page.getByText('xin thêm một khóa truy cập').waitFor();
      await locked(phone);
      assert.equal(await byId(page, 'passkey-unlock').count(), 0);
      await typePin(page, PIN);
      await isIn(page);
      await open(phone, '/cai-dat');
      await typePin(page, PIN);
      await leave(phone);
      await byId(page, 'to-passkey').click();
      await byId(page, 'passkey-in').click();
      await problem(page, 'có thể nó đã được gỡ');
    });
    await becomes('nothing was complained about', () => phone.complaints, []);
  } finally {
    await phone.throwAway();
  }
});

test('a phone whose passkeys give no secret says so and keeps its PIN; one without any says what to do', async () => {
  const phone = await phoneWithKeys('may-cu', { hasPrf: false });
  const { page } = phone;
  try {
    await phone.open('/vao');
    await byId(page, 'to-passkey').click();
    await byId(page, 'passkey-in').click();
    await problem(page, 'chưa có khóa truy cập');
    await signIn(phone, 'demo-member');
    await open(phone, '/ma-pin');
    await byId(page, 'pin-new').fill(PIN);
    await byId(page, 'pin-again').fill(PIN);
    await byId(page, 'pin-save').click();
    await byId(page, 'to-passkeys').click();
    await byId(page, 'passkey-add').click();
    await list(page).waitFor();
    await byId(page, 'passkey-pin').fill(PIN);
    await byId(page, 'passkey-open-go').click();
    await problem(page, 'Xin dùng mã PIN');
    await locked(phone);
    assert.equal(await byId(page, 'passkey-unlock').count(), 0);
    await typePin(page, PIN);
    await byId(page, 'bottom-nav').waitFor();
    await until('the account has its passkey all the same', async () => (await phone.keys.all()).length === 1);
  } finally {
    await phone.throwAway();
  }
});

test('by a number instead of a name there are none', async () => {
  const phone = await Phone.make(server, { name: 'may-so' });
  const { page } = phone;
  try {
    await signIn(phone, 'demo-member');
    await open(phone, '/khoa-truy-cap');
    await page.getByText('theo địa chỉ chính thức').waitFor();
    assert.equal(await byId(page, 'passkey-add').count(), 0);
    await open(phone, '/cai-dat');
    await leave(phone);
    assert.equal(await byId(page, 'to-passkey').count(), 0);
  } finally {
    await phone.throwAway();
  }
});
