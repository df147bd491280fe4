// The API as a program uses it: JSON with a cookie. For checking at the server what the screens say, and for preparing data.
export class Api {
  constructor(url) { this.url = url; }

  /** Signs in; demo codes can be used again and again. */
  static async signIn(server, code, deviceName = 'test program') {
    const api = new Api(server.url);
    api.session = await api.post('session', { code, device_name: deviceName });
    return api;
  }

  async raw(method, path, { body, type } = {}) {
    const headers = { origin: this.url };
    if (this.cookie) headers.cookie = this.cookie;
    if (type) headers['content-type'] = type;
    const response = await fetch(`${this.url}/api/v1/${path}`, { method, headers, body, redirect: 'error' });
    const set = response.headers.getSetCookie().map((one) => one.split(';')[0]).filter((one) => !one.endsWith('='));
    if (set.length) this.cookie = set.join('; ');
    return response;
  }

  async #json(method, path, options) {
    const response = await this.raw(method, path, options);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return text ? JSON.parse(text) : null;
  }

  get(path) { return this.#json('GET', path); }
  post(path, value) { return this.#json('POST', path, { body: JSON.stringify(value ?? {}), type: 'application/json' }); }
  put(path, value) { return this.#json('PUT', path, { body: JSON.stringify(value), type: 'application/json' }); }
  upload(path, bytes) { return this.#json('POST', path, { body: bytes, type: 'application/octet-stream' }); }

  async bytes(path) {
    const response = await this.raw('GET', path);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${(await response.text()).slice(0, 500)}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Everything in the caller's scope, as {table: Map(id → row)}. */
  async everything() {
    const tables = {};
    let cursor = '';
    for (let more = true; more;) {
      const answer = await this.get(`pull?limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      for (const { table, id, row } of answer.rows) {
        const rows = (tables[table] ??= new Map());
        if (row === null) rows.delete(id);
        else rows.set(id, row);
      }
      ({ cursor, more } = answer);
    }
    return tables;
  }

  /** Makes and pushes ops of this account: [{unit, kind, body, version?, id?}]. Gives the results. */
  async push(ops) {
    const now = Date.now();
    this.writer ??= { w: crypto.randomUUID(), s: crypto.randomUUID(), n: 0 };
    const { w, s } = this.writer;
    const made = ops.map(({ unit, kind, body, version = 1, id = uuid7(now) }) => ({
      v: 1, id, dev: this.session.dev, w, n: ++this.writer.n, act: this.session.me.id, u: unit, k: kind, kv: version, b: body,
      t: now, m: this.writer.n, s, app: 'end2end',
    }));
    const answer = await this.post('push', { proto: 1, dev: this.session.dev, now_t: now, now_m: this.writer.n, s, ops: made });
    return answer.results;
  }
}

export function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint32(0, Math.floor(now / 65_536));
  new DataView(bytes.buffer).setUint16(4, now % 65_536);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
