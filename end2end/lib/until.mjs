import { isDeepStrictEqual } from 'node:util';

// Waiting for something to be so, with a deadline; never for time to pass.
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks again until `ask` answers something true, and gives that; after `ms` the last answer or error is in the message. */
export async function until(what, ask, ms = 15_000) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const seen = last instanceof Error ? last.stack : JSON.stringify(last);
      throw new Error(`waited ${ms} ms in vain: ${what}; last seen: ${seen}`);
    }
    await pause(30);
  }
}

/** Asks again until the answer equals `wanted`. */
export async function becomes(what, ask, wanted, ms = 15_000) {
  let last;
  try {
    await until(what, async () => { last = await ask(); return isDeepStrictEqual(last, wanted); }, ms);
  } catch (error) {
    throw new Error(`${what}: wanted ${JSON.stringify(wanted)}, last saw ${JSON.stringify(last)}`, { cause: error });
  }
  return last;
}

/** Steps of one story: `await step(name, work)`. After one that fails the rest is skipped, because it would only say so again. */
export function steps(t) {
  let broken = false;
  return (name, work) => t.test(name, async (s) => {
    if (broken) {
      s.skip('an earlier step failed');
      return;
    }
    broken = true;
    await work();
    broken = false;
  });
}
