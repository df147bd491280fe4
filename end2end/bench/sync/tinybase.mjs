// tinybase against its own WebSocket server: a mergeable store with a table of check-ins.
import { createMergeableStore } from 'tinybase';
import { createWsSynchronizer } from 'tinybase/synchronizers/synchronizer-ws-client';
import WebSocket from 'ws';
import { discard, scratch } from '../../lib/env.mjs';
import { ALL, PHONES, checkIns, start } from './work.mjs';

export async function client() {
  const folder = scratch('tinybase');
  const server = await start('./tinybase-server.mjs', { FOLDER: folder });
  const connect = async (store) => {
    const line = await createWsSynchronizer(store, new WebSocket(`ws://127.0.0.1:${server.ready}/book`), 60);
    await line.startSync();
    return line;
  };
  const phones = Array.from({ length: PHONES }, (_, n) => {
    const store = createMergeableStore(`phone-${n}`);
    for (const { id, ...row } of checkIns(n)) store.setRow('presence', id, row);
    return store;
  });
  const open = [];
  const fresh = createMergeableStore('fresh');
  const all = () => fresh.getRowCount('presence') >= ALL;
  let last;
  return {
    async push() {
      const stored = server.ask({ until: ALL });
      open.push(...await Promise.all(phones.map(connect)));
      if ((await stored).stored !== ALL) throw new Error('tinybase did not take all');
    },
    async between() { await Promise.all(open.splice(0).map((one) => one.destroy())); },
    async pull() {
      const there = new Promise((done) => { const id = fresh.addTablesListener(() => { if (all()) { fresh.delListener(id); done(); } }); });
      last = await connect(fresh);
      if (!all()) await there;
      return fresh.getRowCount('presence');
    },
    async idle() {
      await last.destroy();
      last = await connect(fresh);
    },
    async end() {
      await last.destroy();
      await server.stop();
      discard(folder);
    },
  };
}
