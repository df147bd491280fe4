// The work that every engine is given: 50 phones that were offline made 20 check-ins each, every one of another member. And what all
// contestants share: numbers, child processes, counting bytes.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';

export const PHONES = 50;
export const EACH = 20;
export const ALL = PHONES * EACH;

const meeting = randomUUID();
const unit = randomUUID();

/** What a check-in says, for engines that keep documents: as little as possible that still is one. */
export function checkIns(phone) {
  const [by, dev] = [randomUUID(), randomUUID()];
  return Array.from({ length: EACH }, (_, n) => ({
    id: randomUUID(), unit, meeting, member: randomUUID(), by, dev, present: 'on_time', how: 'roll', t: Date.now() - 1000 * n, phone,
  }));
}

const sockets = new Set();
let closed = 0;
const connect = Socket.prototype.connect;
Socket.prototype.connect = function counted(...args) {
  if (!sockets.has(this)) {
    sockets.add(this);
    this.once('close', () => { sockets.delete(this); closed += this.bytesRead + this.bytesWritten; });
  }
  return connect.apply(this, args);
};
/** Bytes that this process sent and received over TCP so far, headers and all. */
export const bytes = () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, closed);

const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });

/** Starts a script of this folder as a process of its own. It says {ready}; `ask(question)` gives its next word. */
export async function start(script, env) {
  const child = fork(new URL(script, import.meta.url), { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  running.add(child);
  const ended = new Promise((done) => child.once('exit', () => { running.delete(child); done(); }));
  const word = () => new Promise((done, fail) => {
    const no = () => fail(new Error(`${script} ended`));
    child.once('exit', no);
    child.once('message', (said) => { child.off('exit', no); done(said); });
  });
  const { ready } = await word();
  return {
    ready,
    pid: child.pid,
    ask(question) { const answer = word(); child.send(question); return answer; },
    async stop() { child.kill('SIGKILL'); await ended; },
  };
}

export const sorted = (list) => [...list].sort((a, b) => a - b);
export const quantile = (list, q) => sorted(list)[Math.min(list.length - 1, Math.floor(q * list.length))];
export const median = (list) => quantile(list, 0.5);
