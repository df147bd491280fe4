// `cargo xtask bench ui`: the screens at a quarter of the processor, roster of 500, beside the floor (floor.mjs) served by the same server.
// Rounds alternate between app and floor; the table shows medians over the rounds, their spread, and the ratio of the same run.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../lib/api.mjs';
import { openRoll, signIn, todaysMeeting } from '../lib/app.mjs';
import { discard, report, scratch, siteFolder } from '../lib/env.mjs';
import { Phone } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { until } from '../lib/until.mjs';
import { HTML, SCRIPT, WORKER } from './floor.mjs';

const ROUNDS = Math.min(5, Number(process.env.SLH_ROUNDS ?? 5)); // more would tap rows twice
const SLOWER = Number(process.env.SLH_CPU ?? 4);
const ROSTER = 500;
const TAPS = 48;
const WORDS = ['nguyen', 'hung', 'thi h', 'tran q', 'lan', 'duc'];

const sorted = (list) => [...list].sort((a, b) => a - b);
const quantile = (list, q) => sorted(list)[Math.min(list.length - 1, Math.floor(q * list.length))];
const median = (list) => quantile(list, 0.5);

/** A site with the floor beside the app. */
function siteWithFloor() {
  const folder = scratch('site');
  cpSync(siteFolder(), folder, { recursive: true });
  for (const [name, text] of [['floor.html', HTML], ['floor.js', SCRIPT], ['floor-sw.js', WORKER]]) writeFileSync(join(folder, 'pkg', name), text);
  return folder;
}

/** A phone that gets the floor's page as a page: the server has no type for a name that no release has. */
async function newPhone(name) {
  const phone = await Phone.make(server, { name });
  phone.network.retype({ path: '/pkg/floor.html' }, 'text/html; charset=utf-8');
  return phone;
}

/** Fills the cell up to `ROSTER` members through the import. */
async function fill(api, cell) {
  const now = [...(await api.everything()).member.values()].filter((one) => one.cell === cell).length;
  const [middle, given] = [['Văn', 'Thị', 'Đức', 'Ngọc', 'Quang'], ['Lan', 'Hùng', 'Hạnh', 'Quý', 'Đức', 'Thảo', 'Ân', 'Bình']];
  const lines = Array.from({ length: ROSTER - now }, (_, n) =>
    `${n + 1},Mẫu ${middle[n % 5]} ${String.fromCharCode(65 + (n % 23))}${'aeiou'[Math.floor(n / 23) % 5]} ${given[n % 8]},${1960 + (n % 40)},Cơ quan ${n}`);
  const draft = await api.upload(`imports?unit=${cell}&file=mau.csv`, `STT,Họ và tên,Ngày sinh,Nơi công tác\n${lines.join('\n')}\n`);
  await api.post(`imports/${draft.id}/confirm`);
  const then = [...(await api.everything()).member.values()].filter((one) => one.cell === cell).length;
  if (then !== ROSTER) throw new Error(`${then} members after the import`);
}

const throttle = async (phone, page, rate) => {
  const session = await phone.context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
};

/** Milliseconds from the start of the navigation to the first frame in which `selector` stands. */
async function start(phone, path, selector) {
  const page = await phone.context.newPage();
  try {
    await page.addInitScript((wanted) => {
      window.whenThere = new Promise((done) => {
        const look = () => {
          if (!document.querySelector(wanted)) return requestAnimationFrame(look);
          const channel = new MessageChannel();
          channel.port1.onmessage = () => done(performance.now());
          requestAnimationFrame(() => channel.port2.postMessage(0));
          return undefined;
        };
        requestAnimationFrame(look);
      });
    }, selector);
    await throttle(phone, page, SLOWER);
    await page.goto(phone.url + path, { waitUntil: 'commit' });
    return await page.evaluate(() => window.whenThere);
  } finally {
    await page.close();
  }
}

/** Milliseconds from each key to the frame that shows other rows. */
async function search(page, box, rowSelector) {
  await page.evaluate(({ rowSelector: rows }) => {
    window.keys = [];
    let pressed = 0;
    document.addEventListener('keydown', (event) => { pressed = event.timeStamp; }, true);
    const list = document.querySelector(rows).parentElement;
    new MutationObserver(() => {
      if (!pressed) return;
      const from = pressed;
      pressed = 0;
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.keys.push(performance.now() - from);
        channel.port2.postMessage(0);
      });
    }).observe(list, { attributes: true, attributeFilter: ['hidden'], subtree: true });
  }, { rowSelector });
  await page.locator(box).focus();
  for (const word of WORDS) {
    for (const key of word) {
      await page.keyboard.press(key === ' ' ? 'Space' : key);
      await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    }
    await page.locator(box).fill('');
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  }
  return page.evaluate(() => window.keys);
}

/** Milliseconds from each tap to the row saying that it is saved, in the page (`there`) and in a frame (`seen`). */
async function taps(page, rowSelector, buttonSelector, savedSelector, from) {
  return page.evaluate(async ({ rowSelector: rows, buttonSelector: button, savedSelector: saved, from: first, n }) => {
    const result = [];
    const some = [...document.querySelectorAll(rows)].slice(first, first + n);
    for (const row of some) {
      result.push(await new Promise((done) => {
        const began = performance.now();
        const check = () => {
          if (!(row.matches(saved) || row.querySelector(saved))) return;
          observer.disconnect();
          const there = performance.now() - began;
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => done({ there, seen: performance.now() - began });
            channel.port2.postMessage(0);
          });
        };
        const observer = new MutationObserver(check);
        observer.observe(row, { attributes: true, childList: true, subtree: true, characterData: true });
        row.querySelector(button).click();
      }));
    }
    return result;
  }, { rowSelector, buttonSelector, savedSelector, from, n: TAPS });
}

/** Milliseconds from a tap on one phone to the row on another and to the ward's page, both online. There is no floor for it. */
async function live(hall, meeting) {
  const [other, ward] = [await newPhone('other'), await newPhone('ward')];
  phones.push(other, ward);
  await signIn(other, 'demo-secretary-2');
  await openRoll(other, meeting.id, ROSTER);
  await signIn(ward, 'demo-ward');
  await ward.open('/tong-quan');
  await ward.page.locator('[data-testid=open-line]').first().waitFor();
  const ids = await other.page.locator('[data-testid=roll-row][data-status=unmarked]').evaluateAll((all) => all.map((one) => one.dataset.member));
  // One clock for all three: the machine's.
  const when = (page, selector, text) => page.evaluate(({ selector: wanted, text: before }) => new Promise((done) => {
    const look = () => {
      const one = document.querySelector(wanted);
      if (one && (before === null || one.textContent !== before)) done(Date.now());
      else requestAnimationFrame(look);
    };
    look();
  }), { selector, text });
  const line = `[data-testid=open-line][data-meeting="${meeting.id}"]`;
  for (const id of ids.slice(0, 12)) {
    const before = await ward.page.locator(line).textContent();
    const there = [when(hall.page, `[data-member="${id}"][data-status=present]`, null), when(ward.page, line, before)];
    const began = await other.page.evaluate((member) => {
      document.querySelector(`[data-member="${member}"] .roll-main`).click();
      return Date.now();
    }, id);
    const [row, report] = await Promise.all(there);
    note('live: tap to another phone', 'app', [row - began]);
    note('live: tap to the ward', 'app', [report - began]);
  }
}

const SAVED = '[data-testid=op-state][data-state=saved], [data-testid=op-state][data-state=sent], [data-testid=op-state][data-state=in-book]';
const figures = new Map();
const note = (name, who, list) => {
  const entry = figures.get(name) ?? { app: [], floor: [] };
  entry[who].push(list);
  figures.set(name, entry);
};

const site = siteWithFloor();
const server = await Server.start({ site });
const phones = [];
try {
  const api = await Api.signIn(server, 'demo-secretary');
  const cell = api.session.me.roles.find(({ role }) => role === 'secretary').unit;
  const meeting = await todaysMeeting(api, cell);
  if (meeting.status !== 'open') await api.push([{ unit: cell, kind: 'meeting.open', body: { meeting: meeting.id } }]);
  await fill(api, cell);

  // One phone for starts from the worker, one for work in the hall; cold starts get a new phone each.
  const warm = await newPhone('warm');
  phones.push(warm);
  await signIn(warm, 'demo-member');
  await warm.settled();
  const floorPage = await warm.context.newPage();
  await floorPage.goto(`${warm.url}/pkg/floor.html`);
  await floorPage.waitForFunction(async () => (await navigator.serviceWorker.getRegistration('/pkg/'))?.active?.state === 'activated');
  await floorPage.close();

  const hall = await newPhone('hall');
  phones.push(hall);
  await signIn(hall, 'demo-secretary');
  await openRoll(hall, meeting.id, ROSTER);
  await hall.settled();
  const plain = await hall.context.newPage();
  await plain.goto(`${hall.url}/pkg/floor.html`);
  await plain.locator('#floor').waitFor();
  await hall.airplane();

  for (let round = 0; round < ROUNDS; round += 1) {
    process.stdout.write(`round ${round + 1} of ${ROUNDS}\n`);
    const both = [['app', '/vao', '[data-testid=sign-in-code]'], ['floor', '/pkg/floor.html', '#floor']];
    for (const [who, path, selector] of round % 2 ? both.reverse() : both) {
      const cold = await newPhone('cold');
      note('cold start, first visit', who, [await start(cold, path, selector)]);
      await cold.throwAway();
    }
    const again = [['app', '/', '[data-testid=bottom-nav]'], ['floor', '/pkg/floor.html', '#floor']];
    for (const [who, path, selector] of round % 2 ? again.reverse() : again) note('start from the worker', who, [await start(warm, path, selector)]);

    const work = [
      ['app', hall.page, '[data-testid=roll-search]', '[data-testid=roll-row]', '.roll-main', SAVED],
      ['floor', plain, '#floor input', '#floor .row', 'button', '[data-state=saved]'],
    ];
    for (const [who, page, box, row, button, saved] of round % 2 ? work.reverse() : work) {
      await page.bringToFront();
      if (who === 'app') await openRoll(hall, meeting.id, ROSTER);
      else await page.reload();
      await page.locator(row).nth(ROSTER - 1).waitFor({ state: 'attached' });
      for (const rate of [1, SLOWER]) {
        await throttle(hall, page, rate);
        const label = rate === 1 ? '' : `, CPU ÷${rate}`;
        if (rate !== 1) note(`search key to screen${label}`, who, await search(page, box, row));
        const list = await taps(page, row, button, saved, (round * 2 + (rate === 1 ? 0 : 1)) * TAPS);
        note(`tap to saved${label}`, who, list.map(({ there }) => there));
        note(`tap to saved, in a frame${label}`, who, list.map(({ seen }) => seen));
      }
      await throttle(hall, page, 1);
    }
  }
  await hall.airplane(false);
  await until('the taps arrive', async () => (await hall.page.getByTestId('unsent-count').first().textContent()).trim() === '0', 120_000);
  await live(hall, meeting);
} finally {
  for (const phone of phones) await phone.throwAway();
  await server.stop();
  discard(site);
}

const out = {};
const shown = (n) => (Number.isNaN(n) ? '-' : n.toFixed(n < 10 ? 1 : 0)).padStart(7);
console.log(`\n${'milliseconds, medians over'.padEnd(34)} ${ROUNDS} rounds${' '.repeat(11)}app   spread          floor   app/floor`);
for (const [name, { app, floor }] of figures) {
  for (const q of app[0].length > 1 ? [0.5, 0.99] : [0.5]) {
    // A tail needs more samples than one round has: all rounds together.
    const of = (rounds) => (q > 0.5 ? [quantile(rounds.flat(), q)] : rounds.map((list) => quantile(list, q)));
    const [a, f] = [of(app), floor.length ? of(floor) : [NaN]];
    const label = `${name}${app[0].length > 1 ? ` p${q * 100}` : ''}`;
    out[label] = { app: median(a), floor: median(f), ratio: median(a) / median(f), app_rounds: a, floor_rounds: f, samples: app.flat().length };
    console.log(`${label.padEnd(44)} ${shown(median(a))}   ${shown(Math.min(...a)).trim()}-${shown(Math.max(...a)).trim()}`.padEnd(70) + ` ${shown(median(f))}   ${floor.length ? (median(a) / median(f)).toFixed(2) : ''}`);
  }
}
mkdirSync(report, { recursive: true });
writeFileSync(join(report, 'ui.json'), `${JSON.stringify({ rounds: ROUNDS, slower: SLOWER, roster: ROSTER, figures: out }, null, 2)}\n`);
console.log(`\nwritten to ${join(report, 'ui.json')}`);
