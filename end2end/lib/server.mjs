// A demo server of its own for a test: own data, own port, ended by its id.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { discard, scratch, serverProgram, siteFolder } from './env.mjs';

const PATIENCE = 120_000;
const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });

export class Server {
  /** Starts a server. `site`: another site folder; `data`: keep using this folder; `listen`: address and port; `options`: more of its options; `demo`: false = empty. */
  static async start({ site = siteFolder(), data, listen = '127.0.0.1:0', program = serverProgram(), options = [], demo = true } = {}) {
    const server = new Server();
    Object.assign(server, { site, data: data ?? scratch('data'), program, options, demo, log: [] });
    await server.#launch(listen);
    return server;
  }

  async #launch(listen) {
    const { DATABASE_URL, ...env } = process.env;
    const args = [...(this.demo ? ['--demo'] : []), '--listen', listen, '--data', this.data, '--site', this.site, ...this.options];
    const child = spawn(this.program, args, { cwd: this.data, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    this.child = child;
    this.ended = new Promise((done) => child.once('exit', (code, signal) => { running.delete(child); done(signal ?? code); }));
    this.url = await new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`the server said no address:\n${this.log.join('\n')}`)), PATIENCE);
      const line = (text) => {
        this.log.push(text);
        if (this.log.length > 2000) this.log.shift();
        const found = /listening on (http:\/\/[^\s"]+?)\/?(?=[\s"]|$)/.exec(text);
        if (found) { clearTimeout(timer); done(found[1]); }
      };
      createInterface({ input: child.stdout }).on('line', line);
      createInterface({ input: child.stderr }).on('line', line);
      child.once('error', fail);
      this.ended.then((how) => fail(new Error(`the server ended (${how}):\n${this.log.join('\n')}`)));
    });
  }

  get port() { return Number(new URL(this.url).port); }

  async #end(signal) {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.ended;
  }
  /** Ends it as a power cut would, keeps the data. */
  crash() { return this.#end('SIGKILL'); }
  /** Starts again on the same address with the same data, maybe with another site. */
  async restart({ site } = {}) {
    await this.#end('SIGTERM');
    if (site) this.site = site;
    await this.#launch(new URL(this.url).host);
  }
  /** Ends it and forgets the data. */
  async stop() {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await this.#end('SIGTERM');
    clearTimeout(timer);
    discard(this.data);
  }
}
