// The service worker: answers every page from one cached shell, and the app's files from one cache per build.
// It never touches /api, never keeps anything personal, and never takes over from its forerunner by itself.
// `cargo xtask build` puts the build and the list of files in.
const BUILD = '{{build}}';
const FILES = ['{{precache}}'];
const MARK = '{{boot}}'; // stands in this build's shell and in no other

const PREFIX = 'slh-';
const CACHE = PREFIX + BUILD;
const SHELL = '/';
const known = new Set(FILES);

// Whole answers from our server only: no redirects, no errors, no page of a captive portal in place of a script.
function genuine(response, path) {
  if (!response.ok || response.redirected || response.type !== 'basic') return false;
  return path === SHELL || !(response.headers.get('content-type') ?? '').includes('text/html');
}

async function get(path, cache) {
  const response = await fetch(new Request(path, { cache, credentials: 'same-origin' }));
  if (!genuine(response, path)) throw new Error(`${path}: ${response.status}, not what was asked for`);
  return response;
}

// A hashed name has one content for ever, so the copy that the page just loaded is as good as a new one.
const obtain = (path) =>
  path.startsWith('/pkg/') ? get(path, 'default').catch(() => get(path, 'reload')) : get(path, 'reload');

async function install() {
  const shell = await get(SHELL, 'reload');
  if (!(await shell.clone().text()).includes(MARK)) throw new Error('the shell is of another build');
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(FILES.map(async (path) => cache.put(path, await obtain(path))));
    await cache.put(SHELL, shell); // last: a cache with a shell is a whole cache
  } catch (error) {
    await caches.delete(CACHE); // the browser tries again with the next page
    throw error;
  }
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  // The first installation takes the open page, so that it works offline from now on. An update never does.
  if (old.length === 0) await self.clients.claim();
}

const cached = async (path) => (await caches.open(CACHE)).match(path);

async function page(request) {
  return (await cached(SHELL)) ?? fetch(request);
}

async function file(request, path) {
  return (await cached(path)) ?? fetch(request);
}

// These are the server's alone: data, health, and documents that a browser saves.
const serverOnly = (path) => path.startsWith('/api/') || path === '/api' || path === '/healthz' || path === '/sw.js';

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || serverOnly(url.pathname)) return;
  if (known.has(url.pathname)) event.respondWith(file(request, url.pathname));
  // A file of another build goes to the network, where it is there or a plain 404, even when opened as a page.
  else if (request.mode === 'navigate' && !url.pathname.startsWith('/pkg/')) event.respondWith(page(request));
});

// ---- Background Sync: what waits goes out also when no page is open, where the browser has it. Only bytes are carried: the ops lie in
// IndexedDB as they were made, the answer is only checked for being the server's. The page that opens next offers them again, hears that
// they are known, and keeps the books; so nothing here can lose or double anything, and there are no rules here.
const LATER = 'slh-push';
const PROTO = 1;
const MOST = 100; // ops in one push
const LARGEST = 100 * 1024; // bytes of ops in one push, below the server's limit

const settled = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

async function database() {
  const request = indexedDB.open('so-lien-he');
  // There is none yet, so nothing waits; the app makes it, not the worker.
  request.onupgradeneeded = () => request.transaction.abort();
  return settled(request).catch(() => null);
}

/** What waits of the account that is signed in, oldest first, and the head of a push. */
async function waiting(db) {
  const transaction = db.transaction(['op', 'meta']);
  const meta = transaction.objectStore('meta');
  const [session, mark, records] = await Promise.all([
    settled(meta.get('session')), settled(meta.get('cursor')), settled(transaction.objectStore('op').getAll()),
  ]);
  if (!session) return null;
  const { me, dev } = JSON.parse(session);
  const ops = records.filter(({ stage }) => stage === '"waiting"').map(({ raw }) => {
    try {
      return { raw, op: JSON.parse(raw) };
    } catch {
      return { raw, op: {} }; // damaged: the app shows it to a person
    }
  }).filter(({ op }) => op.act === me.id).sort((a, b) => a.op.t - b.op.t || a.op.n - b.op.n);
  const epoch = mark ? JSON.parse(mark).epoch : null;
  return { head: { proto: PROTO, dev, epoch: epoch ?? null, s: crypto.randomUUID() }, raws: ops.map(({ raw }) => raw) };
}

/** A browser that has Background Sync has this, too. */
const packed = (text) => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();

async function push(head, raws) {
  // Byte for byte as they were made: put together as text.
  const start = JSON.stringify({ ...head, now_t: Date.now(), now_m: 0 }).slice(0, -1);
  const text = `${start},"ops":[${raws.join(',')}]}`;
  const send = (body, more) => fetch('/api/v1/push', { method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/json', ...more }, body });
  let response = await send(await packed(text), { 'content-encoding': 'gzip' });
  if (response.status === 400 || response.status === 415) response = await send(text); // a server of before does not understand gzip
  if (response.status === 401) return false; // signed out: the page will ask for a new sign-in
  const ours = response.ok && !response.redirected && (response.headers.get('content-type') ?? '').startsWith('application/json');
  if (!ours || (await response.json()).proto !== PROTO) throw new Error('no answer of the server'); // the browser tries again
  return true;
}

async function pushWaiting() {
  const db = await database();
  if (!db) return;
  try {
    const all = await waiting(db);
    while (all?.raws.length) {
      let bytes = 0;
      let count = 0;
      while (count < Math.min(MOST, all.raws.length) && (count === 0 || bytes + all.raws[count].length * 3 <= LARGEST)) {
        bytes += all.raws[count].length * 3; // a letter has at most three bytes
        count += 1;
      }
      if (!await push(all.head, all.raws.splice(0, count))) return;
    }
  } finally {
    db.close();
  }
}

self.addEventListener('sync', (event) => {
  if (event.tag === LATER) event.waitUntil(pushWaiting());
});

self.addEventListener('message', (event) => {
  if (event.data === 'SKIP_WAITING') event.waitUntil(self.skipWaiting());
});
