// Ours: the real server, on SQLite or on PostgreSQL. The phones send what the app sends, byte for byte: see app/src/platform/http.rs and
// app/domain/src/sync/phone. They sign in as the secretary of a cell of 1,000 members, every one on a phone of its own.
import http from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, gzip } from 'node:zlib';
import { randomUUID } from 'node:crypto';
import { discard, scratch } from '../../lib/env.mjs';
import { Server } from '../../lib/server.mjs';
import { Api, uuid7 } from '../../lib/api.mjs';
import { ALL, EACH, PHONES } from './work.mjs';

const CODE = 'demo-secretary';
const WORTH_PACKING = 1000; // app/src/platform/http.rs
const pack = promisify(gzip);
const unpack = { br: promisify(brotliDecompress), gzip: promisify(gunzip) };

/** A phone on a connection of its own. */
export class Phone {
  constructor(url, { account, cookie }) {
    const { hostname, port, origin } = new URL(url);
    this.at = { hostname, port };
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    this.headers = {
      accept: 'application/json', 'accept-encoding': 'gzip, deflate, br', 'accept-language': 'vi-VN,vi;q=0.9', cookie, origin,
      'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin',
      'user-agent': 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
    };
    Object.assign(this, { account, w: randomUUID(), s: randomUUID(), n: 0, cursor: '' });
  }

  static async signIn(url, code, name) {
    const api = await Api.signIn({ url }, code, name);
    return new Phone(url, { account: api.session, cookie: api.cookie });
  }

  /** One request; {status, json}. */
  async ask(method, path, body) {
    const headers = { ...this.headers };
    let sent = body;
    if (body) headers['content-type'] = 'application/json';
    if (body && Buffer.byteLength(body) >= WORTH_PACKING) {
      sent = await pack(body);
      headers['content-encoding'] = 'gzip';
    }
    if (body) headers['content-length'] = Buffer.byteLength(sent);
    const [answer, packed] = await new Promise((done, fail) => {
      const request = http.request({ ...this.at, agent: this.agent, method, path: `/api/v1/${path}`, headers }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => done([answer, Buffer.concat(parts)]));
        answer.on('error', fail);
      });
      // The app gives up after 15 seconds, the body included (app/src/platform/http.rs).
      const limit = setTimeout(() => request.destroy(Object.assign(new Error('no answer in 15 s'), { code: 'too slow' })), 15_000);
      request.on('close', () => clearTimeout(limit));
      request.on('error', fail);
      request.end(sent);
    });
    const how = unpack[answer.headers['content-encoding']];
    const text = String(how ? await how(packed) : packed);
    return { status: answer.statusCode, json: text ? JSON.parse(text) : null };
  }

  /** Ops as they lie in the outbox: texts. `from` sends them later. */
  checkIns(unit, meeting, members) {
    return members.map((member) => {
      const now = Date.now();
      return JSON.stringify({
        v: 1, id: uuid7(now), dev: this.account.dev, w: this.w, n: ++this.n, act: this.account.me.id, u: unit,
        k: 'attendance.present', kv: 1, b: { meeting, who: { member }, as: 'on_time', how: 'roll' }, t: now, m: this.n * 1000, s: this.s, app: '0.1.0',
      });
    });
  }

  /** The body of a push of these ops. */
  body(ops) {
    return `{"proto":1,"dev":"${this.account.dev}","epoch":"${this.account.epoch}","now_t":${Date.now()},"now_m":${this.n * 1000},"s":"${this.s}","ops":[${ops.join()}]}`;
  }

  /** Pulls until there is no more; the rows by table. */
  async pull(limit = 1000) {
    const tables = new Map();
    for (let more = true; more;) {
      const { status, json } = await this.ask('GET', `pull?cursor=${this.cursor}&limit=${limit}`);
      if (status !== 200) throw new Error(`pull: ${status} ${JSON.stringify(json)}`);
      for (const { table, id, row } of json.rows) {
        if (!tables.has(table)) tables.set(table, new Map());
        tables.get(table).set(id, row);
      }
      ({ cursor: this.cursor, more } = json);
    }
    return tables;
  }

  close() { this.agent.destroy(); }
}

/** What a push came to; throws when an op was not taken. */
export function taken({ status, json }) {
  if (status !== 200) return 0;
  const right = json.results.filter((one) => one.r === 'applied' || one.r === 'dup').length;
  if (right !== json.results.length) throw new Error(`not applied: ${JSON.stringify(json.results.find((one) => one.r !== 'applied'))}`);
  return right;
}

/** A cell of 1,000 members with an open meeting. */
async function prepare(server) {
  const api = await Api.signIn(server, CODE, 'Bàn thư ký');
  const cell = api.session.me.roles[0].unit;
  const members = async () => [...(await api.everything()).member.values()].filter((one) => one.cell === cell).map((one) => one.id);
  const before = (await members()).length;
  const [middle, given] = [['Văn', 'Thị', 'Đức', 'Ngọc', 'Quang'], ['Lan', 'Hùng', 'Hạnh', 'Quý', 'Đức', 'Thảo', 'Ân', 'Bình']];
  const lines = Array.from({ length: ALL - before }, (_, n) =>
    `${n + 1},Mẫu ${middle[n % 5]} ${String.fromCharCode(65 + (n % 23))}${'aeiou'[Math.floor(n / 23) % 5]} ${given[n % 8]},${1950 + (n % 50)},Cơ quan ${n}`);
  const draft = await api.upload(`imports?unit=${cell}&file=mau.csv`, `STT,Họ và tên,Ngày sinh,Nơi công tác\n${lines.join('\n')}\n`);
  await api.post(`imports/${draft.id}/confirm`);
  const meeting = randomUUID();
  const results = await api.push([
    { unit: cell, kind: 'meeting.plan', body: { meeting, plan: { kind: 'called', title: 'Sinh hoạt thử tải', form: 'in_person', place: 'Nhà văn hóa', starts: Date.now(), minutes: 60 } } },
    { unit: cell, kind: 'meeting.open', body: { meeting } },
  ]);
  if (results.some((one) => one.r !== 'applied')) throw new Error(`no meeting: ${JSON.stringify(results)}`);
  const there = await members();
  if (there.length !== ALL) throw new Error(`${there.length} members after the import`);
  return { cell, meeting, members: there };
}

/** `database`: address of an empty PostgreSQL database; without it a SQLite file. */
export async function ours(database) {
  const data = scratch('ours');
  const server = await Server.start({ data, options: database ? ['--database', database] : [] });
  const { cell, meeting, members } = await prepare(server);
  const phones = [];
  for (let n = 0; n < PHONES; n++) {
    const phone = await Phone.signIn(server.url, CODE, `Máy ${n + 1}`);
    phones.push({ phone, ops: phone.checkIns(cell, meeting, members.slice(n * EACH, (n + 1) * EACH)) });
  }
  const [fresh, knows] = await Promise.all(['Máy mới', 'Máy có sẵn'].map((name) => Phone.signIn(server.url, CODE, name)));
  await knows.pull();
  const ofMeeting = (tables) => [...tables.get('presence').values()].filter((row) => row.meeting === meeting).length;
  let rows;
  return {
    async push() {
      const answers = await Promise.all(phones.map(({ phone, ops }) => phone.ask('POST', 'push', phone.body(ops))));
      const all = answers.map(taken).reduce((a, b) => a + b);
      if (all !== ALL) throw new Error(`${all} taken`);
    },
    /** All that a new phone gets: also 1,000 members, earlier meetings, notices, which the others do not have to bring. */
    async pull() {
      const tables = await fresh.pull();
      rows = [...tables.values()].reduce((sum, table) => sum + table.size, 0);
      return ofMeeting(tables);
    },
    get rows() { return rows; },
    /** A phone that has the members and gets the check-ins alone. */
    async news() { return ofMeeting(await knows.pull()); },
    async idle() { await fresh.pull(); },
    async end() {
      for (const { phone } of phones) phone.close();
      fresh.close();
      knows.close();
      await server.stop();
      discard(data);
    },
  };
}
