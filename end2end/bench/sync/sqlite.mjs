import { discard, scratch } from '../../lib/env.mjs';
import { PHONES, checkIns, start } from './work.mjs';

export async function floor() {
  const folder = scratch('sqlite');
  const server = await start('./sqlite-server.mjs', { FOLDER: folder });
  const phones = Array.from({ length: PHONES }, (_, n) => checkIns(n));
  return {
    /** The time is that of the process itself: the floor has no network. */
    async push() { return (await server.ask(phones)).ms; },
    async end() { await server.stop(); discard(folder); },
  };
}
