// A PostgreSQL of its own, with its usual durability (fsync, synchronous commit), in a folder that goes with it.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, readdirSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { discard, scratch } from '../../lib/env.mjs';
import { until } from '../../lib/until.mjs';

function programs() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse().map((version) => join(debian, version, 'bin')) : [];
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => existsSync(join(folder, 'initdb'))).map((folder) => dirname(realpathSync(join(folder, 'initdb'))));
  const found = [process.env.SLH_POSTGRES, ...path, ...versions].find((folder) => folder && existsSync(join(folder, 'initdb')));
  if (!found) throw new Error('no PostgreSQL programs: install postgresql-15, or name their folder in SLH_POSTGRES');
  return found;
}

/** It does not run as root: then as postgres or nobody. */
function user() {
  if (process.getuid() !== 0) return {};
  const id = (...args) => Number(execFileSync('id', args, { stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try { return { uid: id('-u', name), gid: id('-g', name) }; } catch { /* the next */ }
  }
  throw new Error('no user `postgres` or `nobody`');
}

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => done(port)); });
});

export class Postgres {
  static async start() {
    const [bin, folder, port, as] = [programs(), scratch('postgres'), await freePort(), user()];
    if (as.uid !== undefined) chownSync(folder, as.uid, as.gid);
    const [data, options] = [join(folder, 'data'), { ...as, cwd: '/', stdio: 'ignore', env: { ...process.env, LC_ALL: 'C' } }];
    execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'], options);
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', '-c', 'max_connections=200'], options);
    const kill = () => child.kill('SIGKILL');
    process.on('exit', kill);
    const self = Object.assign(new Postgres(), { bin, folder, port, child, kill, made: 0 });
    const ready = () => { execFileSync(join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)], options); return true; };
    await until('PostgreSQL is ready', ready, 60_000);
    return self;
  }

  /** The address of a new, empty database. */
  database() {
    const name = `book${++this.made}`;
    execFileSync(join(this.bin, 'createdb'), ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', '-T', 'template0', name]);
    return `postgres://postgres@127.0.0.1:${this.port}/${name}`;
  }

  async stop() {
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGINT');
    await ended;
    process.off('exit', this.kill);
    discard(this.folder);
  }
}
