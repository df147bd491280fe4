// express-pouchdb on leveldb. PouchDB writes without fsync; here every write waits for the disk, as the others' do.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const PouchDB = require('pouchdb');
const leveldown = createRequire(require.resolve('pouchdb'))('leveldown');
const folder = process.env.FOLDER;

function durable(name) {
  const db = leveldown(name);
  for (const write of ['_put', '_del', '_batch']) {
    const plain = db[write].bind(db);
    db[write] = (...args) => plain(...args.slice(0, -2), { ...args.at(-2), sync: true }, args.at(-1));
  }
  return db;
}
durable.destroy = leveldown.destroy;

const app = require('express')();
const Local = PouchDB.defaults({ prefix: join(folder, 'db-'), db: durable });
app.use('/', require('express-pouchdb')(Local, { mode: 'minimumForPouchDB', inMemoryConfig: true }));
await new Local('book').info();
const server = app.listen(0, '127.0.0.1', () => process.send({ ready: server.address().port }));
