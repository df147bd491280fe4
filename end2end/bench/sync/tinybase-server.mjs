// tinybase's WebSocket server, kept in SQLite with a full sync at every commit; the driver can ask when all is written (the protocol
// itself acknowledges nothing).
import { DatabaseSync } from '@photostructure/sqlite';
import { createMergeableStore } from 'tinybase';
import { createSqliteNodePersister } from 'tinybase/persisters/persister-sqlite-node';
import { createWsServer } from 'tinybase/synchronizers/synchronizer-ws-server';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

const db = new DatabaseSync(join(process.env.FOLDER, 'book.db'));
db.exec('pragma journal_mode = wal; pragma synchronous = full');
const store = createMergeableStore();
const persister = createSqliteNodePersister(store, db);
const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
// The usual second of patience is too short for 50 phones at once: what times out is silently left out.
createWsServer(sockets, () => persister, undefined, 60);
process.on('message', async ({ until }) => {
  if (store.getRowCount('presence') < until) {
    await new Promise((done) => {
      const id = store.addTablesListener(() => {
        if (store.getRowCount('presence') >= until) { store.delListener(id); done(); }
      });
    });
  }
  await persister.save();
  process.send({ stored: store.getRowCount('presence') });
});
sockets.on('listening', () => process.send({ ready: sockets.address().port }));
