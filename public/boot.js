// Starts the app and looks after its life: load, failure, update, installation.
// Knows nothing of the app's data. `cargo xtask build` puts the hashed names in; there is no inline script on any page.
const SCRIPT = '{{script}}';
const WASM = '{{wasm}}';

const HOUR = 60 * 60 * 1000;
const FAILURES = 'slh-load-failures';
const hasWorker = 'serviceWorker' in navigator;

const tell = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));

// ---- Failure: a bar in plain DOM, styled by script, so that it stands even when the style sheet did not come.

let loaded = false;
let barShown = false;

function failureBar() {
  if (barShown || !document.body) return;
  barShown = true;
  const bar = document.createElement('div');
  bar.id = 'slh-failed';
  bar.setAttribute('role', 'alert');
  Object.assign(bar.style, {
    position: 'fixed', inset: '0 0 auto 0', zIndex: '2147483647', display: 'flex', flexWrap: 'wrap', gap: '12px',
    alignItems: 'center', justifyContent: 'space-between', padding: '12px 16px', background: '#8f1d22', color: '#ffffff',
    font: '600 18px/1.4 system-ui, sans-serif',
  });
  const text = document.createElement('span');
  text.textContent = 'Ứng dụng gặp lỗi. Những gì đã lưu trên máy này vẫn còn.';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Tải lại';
  Object.assign(button.style, {
    minHeight: '48px', padding: '0 20px', border: '0', borderRadius: '10px', background: '#ffffff', color: '#8f1d22', font: 'inherit',
  });
  button.addEventListener('click', () => {
    button.disabled = true;
    recover().finally(() => location.reload());
  });
  bar.append(text, button);
  document.body.append(bar);
}

// A page that cannot even load is healed by forgetting the cached files, but only when the server is there to give new
// ones. What people saved lies in IndexedDB and localStorage and is not touched.
async function recover() {
  if (loaded || !hasWorker || Number(sessionStorage.getItem(FAILURES) ?? 0) < 2) return;
  const answer = await fetch('/healthz', { cache: 'no-store' });
  if (!answer.ok || answer.redirected) return;
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  for (const name of await caches.keys()) if (name.startsWith('slh-')) await caches.delete(name);
  sessionStorage.removeItem(FAILURES);
}

function failedToLoad(error) {
  console.error('slh: the app did not load', error);
  try {
    sessionStorage.setItem(FAILURES, String(Number(sessionStorage.getItem(FAILURES) ?? 0) + 1));
  } catch { /* blocked storage: the bar is enough */ }
  failureBar();
}

// Called by the app's panic hook. The message goes to the console and nowhere else.
window.slhFailed = (message) => {
  console.error('slh: panic', message);
  failureBar();
};

// A trap that skips the panic hook (out of memory, stack overflow) arrives here.
const isTrap = (error) => error instanceof WebAssembly.RuntimeError;
window.addEventListener('error', (event) => { if (isTrap(event.error)) failureBar(); });
window.addEventListener('unhandledrejection', (event) => { if (isTrap(event.reason)) failureBar(); });

// ---- Installation: the app asks when the moment is right, so the browser's own offer is kept for later.

let offer = null;
window.slhInstallable = false;

window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offer = event;
  window.slhInstallable = true;
  tell('slh-installable', true);
});
window.addEventListener('appinstalled', () => {
  offer = null;
  window.slhInstallable = false;
  tell('slh-installable', false);
});

// Answers 'accepted', 'dismissed' or 'unavailable'. An offer can be used once.
window.slhInstall = async () => {
  if (!offer) return 'unavailable';
  const once = offer;
  offer = null;
  window.slhInstallable = false;
  await once.prompt();
  return (await once.userChoice).outcome;
};

// ---- Sending while closed: the app says that something waits; the worker sends it when there is network (public/sw.js). Browsers
// without Background Sync send when the app is open, as ever.

window.slhLater = () => {
  if (!hasWorker) return;
  navigator.serviceWorker.ready.then((worker) => worker.sync?.register('slh-push')).catch(() => { /* not allowed: as without it */ });
};

// ---- Update: a waiting worker is announced, and takes over only when a person says so in this tab.

let registration = null;
let asked = false;
window.slhUpdateReady = false;

function announce() {
  window.slhUpdateReady = true;
  tell('slh-update');
}

window.slhUpdate = () => {
  if (registration?.waiting) {
    asked = true;
    registration.waiting.postMessage('SKIP_WAITING');
  } else {
    location.reload();
  }
};

function watch(worker) {
  worker?.addEventListener('statechange', () => {
    // Without a controller this is the first installation: nothing to announce.
    if (worker.state === 'installed' && navigator.serviceWorker.controller) announce();
  });
}

async function keepWorker() {
  let controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked) location.reload();
    // Another tab took the update: this one goes on with what it has and offers the reload.
    else if (controlled) announce();
    controlled = true;
  });
  registration = await navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
  registration.addEventListener('updatefound', () => watch(registration.installing));
  watch(registration.installing);
  if (registration.waiting && controlled) announce();

  let looked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || Date.now() - looked < HOUR) return;
    looked = Date.now();
    registration.update().catch(() => { /* offline is the normal state */ });
  });
}

// ---- Start. The worker comes after the app, so that the first picture does not wait for the precache.

try {
  const module = fetch(WASM); // beside the script, not after it
  module.catch(() => { /* told below */ });
  const app = await import(SCRIPT);
  await app.default({ module_or_path: module });
  loaded = true;
  try { sessionStorage.removeItem(FAILURES); } catch { /* blocked storage */ }
} catch (error) {
  failedToLoad(error);
}
if (hasWorker) keepWorker().catch((error) => console.warn('slh: no service worker', error));
