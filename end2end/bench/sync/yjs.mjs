// yjs against y-websocket: one document, a map of check-ins.
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { discard, scratch } from '../../lib/env.mjs';
import { ALL, PHONES, checkIns, start } from './work.mjs';

const synced = (provider) => new Promise((done) => { provider.once('sync', done); });

export async function client() {
  const folder = scratch('yjs');
  const server = await start('./yjs-server.mjs', { FOLDER: folder });
  const url = `ws://127.0.0.1:${server.ready}`;
  const provider = (doc, connect = true) => new WebsocketProvider(url, 'book', doc, { WebSocketPolyfill: WebSocket, disableBc: true, connect });
  const phones = Array.from({ length: PHONES }, (_, n) => {
    const doc = new Y.Doc();
    for (const one of checkIns(n)) doc.getMap('presence').set(one.id, one); // one after the other, as taps come
    return doc;
  });
  const open = [];
  const fresh = new Y.Doc();
  let last;
  return {
    async push() {
      const stored = server.ask({ until: ALL });
      for (const doc of phones) open.push(provider(doc));
      if ((await stored).stored !== ALL) throw new Error('yjs did not take all');
    },
    /** The phones go, so that their awareness does not disturb what follows. */
    between() { for (const one of open.splice(0)) one.destroy(); },
    async pull() {
      last = provider(fresh);
      await synced(last);
      return fresh.getMap('presence').size;
    },
    async idle() {
      last.destroy();
      last = provider(fresh);
      await synced(last);
    },
    async end() {
      last.destroy();
      await server.stop();
      discard(folder);
    },
  };
}
