// Nothing but SQLite: so many rows, 20 a commit, each commit on the disk before the next begins. The floor.
import { DatabaseSync } from '@photostructure/sqlite';
import { join } from 'node:path';

const db = new DatabaseSync(join(process.env.FOLDER, 'floor.db'));
db.exec('pragma journal_mode = wal; pragma synchronous = full; create table op (id text primary key, body text not null) without rowid');
const insert = db.prepare('insert into op (id, body) values (?, ?)');
process.on('message', (phones) => {
  const began = performance.now();
  for (const ops of phones) {
    db.exec('begin immediate');
    for (const op of ops) insert.run(op.id, JSON.stringify(op));
    db.exec('commit');
  }
  process.send({ ms: performance.now() - began });
});
process.send({ ready: true });
