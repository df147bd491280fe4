// y-websocket's server with y-leveldb, as its own `bin/utils` binds them, but for two things: every write waits for the disk, and the
// driver can ask when all is written (the protocol itself acknowledges nothing).
import http from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Y = require('yjs');
const { WebSocketServer } = require('ws');
const { setupWSConnection, setPersistence, getYDoc } = require('y-websocket/bin/utils');
const { LeveldbPersistence } = require('y-leveldb');
const { Level } = createRequire(require.resolve('y-leveldb'))('level');

class Durable extends Level {
  put(key, value, ...rest) { return super.put(key, value, { sync: true, ...rest[0] }); }
  batch(...args) { return args.length ? super.batch(args[0], { sync: true, ...args[1] }) : super.batch(); }
}
const disk = new LeveldbPersistence(process.env.FOLDER, { Level: Durable });
const writes = [];
setPersistence({
  provider: disk,
  async bindState(name, doc) {
    const stored = await disk.getYDoc(name);
    writes.push(disk.storeUpdate(name, Y.encodeStateAsUpdate(doc)));
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(stored));
    doc.on('update', (update) => { writes.push(disk.storeUpdate(name, update)); });
  },
  async writeState() {},
});
const doc = getYDoc('book', true);
process.on('message', async ({ until }) => {
  const map = doc.getMap('presence');
  if (map.size < until) await new Promise((done) => map.observe(() => { if (map.size >= until) done(); }));
  while (writes.length) await writes.shift();
  process.send({ stored: map.size });
});
const server = http.createServer();
new WebSocketServer({ server }).on('connection', setupWSConnection);
server.listen(0, '127.0.0.1', () => process.send({ ready: server.address().port }));
