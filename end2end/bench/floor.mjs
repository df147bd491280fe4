// The floor: the least that a page can be which does the same job. No framework, no router, no sync; what the app takes above it is the app's.
export const HTML = `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Sàn</title><meta name="viewport" content="width=device-width"></head>
<body><script type="module" src="/pkg/floor.js"></script></body></html>
`;

export const SCRIPT = `const fold = (text) => text.normalize('NFD').replace(/\\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase();
const main = document.createElement('main');
main.id = 'floor';
const input = document.createElement('input');
input.setAttribute('aria-label', 'Tìm');
const list = document.createElement('ul');
main.append(input, list);
const given = ['Hùng', 'Hoa', 'Hương', 'Ân', 'Dũng', 'Linh', 'Nga', 'Sơn', 'Tuyết', 'Vinh'];
const open = new Promise((done, fail) => {
  const request = indexedDB.open('floor', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('op', { keyPath: 'id' });
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});
const rows = Array.from({ length: 500 }, (_, n) => {
  const row = document.createElement('li');
  row.className = 'row';
  const button = document.createElement('button');
  button.textContent = 'Nguyễn Văn ' + given[n % given.length] + ' ' + n;
  button.addEventListener('click', async () => {
    const record = { id: crypto.randomUUID(), row: n };
    localStorage.setItem('floor:' + record.id, JSON.stringify(record));
    const tx = (await open).transaction('op', 'readwrite', { durability: 'strict' });
    tx.objectStore('op').put(record);
    tx.oncomplete = () => { row.dataset.state = 'saved'; };
  });
  row.append(button);
  return { row, key: fold(button.textContent) };
});
list.append(...rows.map(({ row }) => row));
input.addEventListener('input', () => {
  const words = fold(input.value).split(' ').filter(Boolean);
  for (const { row, key } of rows) row.hidden = !words.every((word) => key.includes(word));
});
document.body.append(main);
if ('serviceWorker' in navigator) navigator.serviceWorker.register('/pkg/floor-sw.js');
`;

export const WORKER = `const FILES = ['/pkg/floor.html', '/pkg/floor.js'];
self.addEventListener('install', (event) => event.waitUntil(caches.open('floor').then((cache) => cache.addAll(FILES))));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  if (FILES.includes(pathname)) event.respondWith(caches.match(pathname).then((hit) => hit ?? fetch(event.request)));
});
`;
