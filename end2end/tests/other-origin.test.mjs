// Another web page in the same browser, on another port of the same host: its requests carry the cookie (a site is not an origin), and none of them may do anything.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { open, signIn } from '../lib/app.mjs';
import { uuid7 } from '../lib/api.mjs';
import { evening, membersOf, witnesses } from '../lib/evening.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';

let server;
let phone;
let evil;
before(async () => {
  server = await Server.start();
  evil = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html><title>Khuyến mãi</title><iframe name="away"></iframe>'));
  await new Promise((done) => { evil.listen(0, '127.0.0.1', done); });
});
after(async () => {
  await phone?.throwAway();
  evil?.close();
  await server?.stop();
});

test('a page of another origin can neither act nor read', async () => {
  const { api, cell, meeting } = await evening(server);
  const [victim] = await membersOf(api, cell);
  phone = await Phone.make(server, { name: 'may-nhieu-trang' });
  await signIn(phone, 'demo-secretary');
  const session = await phone.page.evaluate(async () => (await fetch('/api/v1/session')).json());
  const op = (n) => ({
    v: 1, id: uuid7(), dev: session.dev, w: uuid7(), n, act: session.me.id, u: cell, k: 'attendance.present', kv: 1,
    b: { meeting: meeting.id, who: { member: victim }, as: 'on_time', how: 'roll' }, t: Date.now(), m: 1, s: uuid7(), app: '0.1.0',
  });
  const body = () => JSON.stringify({ proto: 1, dev: session.dev, now_t: Date.now(), now_m: 1, s: uuid7(), ops: [op(1)] });
  // The same from the app's own page counts: the request itself is a good one.
  const own = await phone.page.evaluate(async (text) => (await fetch('/api/v1/push', { method: 'POST', headers: { 'content-type': 'application/json' }, body: text })).json(), body());
  assert.equal(own.results[0].r, 'applied');
  assert.deepEqual(await witnesses(api, meeting.id, [victim]), [1]);

  const other = await phone.context.newPage();
  await other.goto(`http://127.0.0.1:${evil.address().port}/`);
  const seen = [];
  other.on('response', (response) => { if (response.url().startsWith(phone.url)) seen.push([response.request().method(), response.status()]); });
  const base = `${phone.url}/api/v1`;
  // Plainly, so that the browser asks nobody first; then as a page would that hopes for a preflight.
  const read = await other.evaluate(async ([base, text]) => {
    const tried = [];
    for (const [path, init] of [
      ['/push', { method: 'POST', mode: 'no-cors', body: text }],
      ['/push', { method: 'POST', mode: 'no-cors', body: new Blob([text], { type: 'text/plain' }) }],
      ['/carry', { method: 'POST', mode: 'no-cors', body: text }],
      ['/push', { method: 'POST', headers: { 'content-type': 'application/json' }, body: text }],
      ['/session', { method: 'DELETE' }],
      ['/session', {}],
      ['/pull', {}],
      ['/vault', {}],
    ]) {
      try {
        const answer = await fetch(base + path, { credentials: 'include', ...init });
        tried.push([path, answer.type === 'opaque' ? 'opaque' : (await answer.text()).length]);
      } catch {
        tried.push([path, 'refused']);
      }
    }
    return tried;
  }, [base, body()]);
  assert.ok(read.every(([, what]) => what === 'opaque' || what === 'refused'), JSON.stringify(read));
  // A form that sends itself needs no script of that page to be allowed anything.
  const form = await other.evaluate(([action, text]) => new Promise((done) => {
    const form = Object.assign(document.createElement('form'), { action, method: 'post', enctype: 'text/plain', target: 'away' });
    form.append(Object.assign(document.createElement('input'), { name: text.slice(0, -1), value: '"}' }));
    document.body.append(form);
    document.querySelector('iframe').addEventListener('load', () => done('loaded'), { once: true });
    form.submit();
    setTimeout(() => done('nothing'), 5_000);
  }), [`${base}/push`, body()]);
  assert.ok(form);
  const sent = seen.filter(([method]) => method === 'POST');
  assert.ok(sent.length >= 3, 'the requests did reach the server');
  assert.ok(sent.every(([, status]) => status === 403), JSON.stringify(seen));
  // It is in no frame either.
  assert.equal(await other.evaluate((url) => new Promise((done) => {
    const frame = Object.assign(document.createElement('iframe'), { src: url });
    frame.addEventListener('load', () => { try { done(frame.contentDocument === null ? 'other origin or blocked' : 'empty'); } catch { done('other origin or blocked'); } });
    document.body.append(frame);
  }), `${phone.url}/`), 'other origin or blocked');

  assert.deepEqual(await witnesses(api, meeting.id, [victim]), [1], 'nothing was counted');
  await other.close();
  await open(phone, '/');
  assert.equal(await phone.page.evaluate(async () => (await fetch('/api/v1/session')).status), 200, 'still signed in');
  assert.deepEqual(phone.complaints, []);
});
