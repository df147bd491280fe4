// The service worker: answers every page from one cached shell, and the app's files from one cache per build.
// It never touches /api, never keeps anything personal, and never takes over from its forerunner by itself.
// `cargo xtask build` puts the build and the list of files in.
const BUILD = '{{build}}';
const FILES = ['{{precache}}'];
const MEMBER = ['{{script}}', '{{wasm}}'];
const WHOLE = ['{{whole_script}}', '{{whole_wasm}}'];
const MARK = '{{boot}}'; // stands in this build's shell and in no other

const PREFIX = 'slh-';
const CACHE = PREFIX + BUILD;
const SHELL = '/';
const BUNDLE_CACHE = 'slhbundle'; // boot.js writes there which of the two modules this phone starts with
const known = new Set([...FILES, ...MEMBER, ...WHOLE]);

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

async function wantsWhole() {
  const word = await (await caches.open(BUNDLE_CACHE)).match('/bundle');
  return (await word?.text()) === 'whole';
}

// The shell hints at a member's module; a phone that starts the other one need not load both.
async function hinting(shell, whole) {
  if (!whole) return shell;
  const text = MEMBER.reduce((text, name, i) => text.replaceAll(name, WHOLE[i]), await shell.text());
  return new Response(text, { status: shell.status, headers: shell.headers });
}

async function install() {
  const shell = await get(SHELL, 'reload');
  if (!(await shell.clone().text()).includes(MARK)) throw new Error('the shell is of another build');
  const cache = await caches.open(CACHE);
  try {
    const whole = await wantsWhole();
    await Promise.all([...FILES, ...(whole ? WHOLE : MEMBER)].map(async (path) => cache.put(path, await obtain(path))));
    await cache.put(SHELL, await hinting(shell, whole)); // last: a cache with a shell is a whole cache
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

self.addEventListener('message', (event) => {
  if (event.data === 'SKIP_WAITING') event.waitUntil(self.skipWaiting());
});
