// pouchdb against express-pouchdb, in two ways: with its own client, as an app would; and with bare requests, which is what its server can do at best.
import http from 'node:http';
import { createRequire } from 'node:module';
import { discard, scratch } from '../../lib/env.mjs';
import { ALL, PHONES, checkIns, start } from './work.mjs';

const require = createRequire(import.meta.url);
const PouchDB = require('pouchdb').plugin(require('pouchdb-adapter-memory'));
let made = 0;
const memory = () => new PouchDB(`phone-${++made}`, { adapter: 'memory' });
const docs = (n) => checkIns(n).map(({ id, ...rest }) => ({ _id: id, ...rest }));

async function launch() {
  const folder = scratch('pouchdb');
  const server = await start('./pouchdb-server.mjs', { FOLDER: folder });
  return { url: `http://127.0.0.1:${server.ready}/book`, async end() { await server.stop(); discard(folder); } };
}

export async function client() {
  const { url, end } = await launch();
  const phones = await Promise.all(Array.from({ length: PHONES }, async (_, n) => {
    const db = memory();
    await db.bulkDocs(docs(n));
    return db;
  }));
  const fresh = memory();
  const pull = () => fresh.replicate.from(url, { batch_size: 1000 });
  return {
    async push() {
      const done = await Promise.all(phones.map((db) => db.replicate.to(url)));
      if (done.some((one) => one.docs_written !== 20)) throw new Error('pouchdb did not take all');
    },
    async pull() { await pull(); return (await fresh.info()).doc_count; },
    async idle() { await pull(); },
    end,
  };
}

export async function bare() {
  const { url, end } = await launch();
  const phones = Array.from({ length: PHONES }, (_, n) => ({ agent: new http.Agent({ keepAlive: true }), body: JSON.stringify({ docs: docs(n) }) }));
  const ask = (agent, method, path, body) => new Promise((done, fail) => {
    const request = http.request(`${url}${path}`, { method, agent, headers: body ? { 'content-type': 'application/json' } : {} }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => done(JSON.parse(Buffer.concat(parts))));
    });
    request.on('error', fail);
    request.end(body);
  });
  const fresh = new http.Agent({ keepAlive: true });
  let seq;
  return {
    async push() {
      const done = await Promise.all(phones.map(({ agent, body }) => ask(agent, 'POST', '/_bulk_docs', body)));
      if (done.flat().filter((one) => one.ok).length !== ALL) throw new Error('pouchdb did not take all');
    },
    async pull() {
      const found = await ask(fresh, 'GET', '/_changes?include_docs=true');
      seq = found.last_seq;
      return found.results.length;
    },
    async idle() { await ask(fresh, 'GET', `/_changes?include_docs=true&since=${seq}`); },
    async end() { for (const { agent } of phones) agent.destroy(); fresh.destroy(); await end(); },
  };
}
