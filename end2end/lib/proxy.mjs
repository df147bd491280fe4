// The bad network between a phone and the server: what is asked for on purpose goes wrong, the rest passes.
// The phone talks to the proxy's address, which stays the same while the network is cut.
import http from 'node:http';
import { once } from 'node:events';

export const PORTAL = '<!doctype html><html><head><title>Wi-Fi hội trường</title></head><body><h1>Đăng nhập Wi-Fi</h1><form><input name="phone"></form></body></html>';

const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection']);
const endToEnd = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.has(name)));

export class Proxy {
  static async start(upstream) {
    const proxy = new Proxy();
    Object.assign(proxy, { upstream, sockets: new Set(), faults: [], seen: [], port: 0 });
    proxy.agent = new http.Agent({ keepAlive: true });
    await proxy.restore();
    return proxy;
  }

  get url() { return `http://127.0.0.1:${this.port}`; }

  /** The network comes (back). */
  async restore() {
    if (this.listener) return;
    this.listener = http.createServer({ keepAliveTimeout: 60_000 }, (request, answer) => this.#serve(request, answer));
    this.listener.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => { /* a cut line is what this is for */ });
    });
    this.listener.listen(this.port, '127.0.0.1');
    await once(this.listener, 'listening');
    this.port = this.listener.address().port;
  }

  /** The network goes: nobody listens any more, open lines break. */
  async cut() {
    const { listener } = this;
    if (!listener) return;
    this.listener = undefined;
    const closed = once(listener, 'close');
    listener.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async stop() {
    this.faults = [];
    await this.cut();
    this.agent.destroy();
  }

  /**
   * From now on, `times` requests that match go wrong. `fault` gets ({request, body, forward, answer}) and does with them what it likes.
   * Gives a fault with `count`, the number of requests it hit so far, and `stop()`.
   */
  fail({ path, method = undefined, times = Infinity }, fault) {
    const entry = { path, method, times, fault, count: 0, stop: () => { entry.times = 0; } };
    this.faults.push(entry);
    return entry;
  }
  /** The server does it, the answer is lost. A browser may ask again by itself when the line was in use before. */
  dropAnswer(match) {
    return this.fail(match, async ({ forward, answer }) => { await whole(await forward()); answer.destroy(); });
  }
  /** The answer breaks off in the middle, with the length of the whole announced. */
  truncate(match) {
    return this.fail(match, async ({ forward, answer }) => {
      const { status, headers, body } = await whole(await forward());
      answer.writeHead(status, { ...endToEnd(headers), 'content-length': body.length });
      answer.write(body.subarray(0, body.length / 2), () => answer.destroy());
    });
  }
  /** The request arrives twice; the phone sees the second answer. */
  double(match) {
    return this.fail(match, async ({ forward, answer }) => {
      await whole(await forward());
      const { status, headers, body } = await whole(await forward());
      answer.writeHead(status, endToEnd(headers)).end(body);
    });
  }
  /** The server does it at once; the answer waits until `release()` is called on what this gives. */
  delay(match) {
    let open;
    const gate = new Promise((done) => { open = done; });
    const entry = this.fail(match, async ({ forward, answer }) => {
      const { status, headers, body } = await whole(await forward());
      await gate;
      if (!answer.destroyed) answer.writeHead(status, endToEnd(headers)).end(body);
    });
    return Object.assign(entry, { release: () => { entry.stop(); open(); } });
  }
  /** A captive portal answers in the server's place, with 200 and a page, or by sending the phone to its own page. */
  portal(match, how = 'page') {
    return this.fail(match, ({ answer }) => {
      if (how === 'redirect') answer.writeHead(302, { location: `${this.url}/portal-login` }).end();
      else answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PORTAL);
    });
  }
  /** The answer passes, with another type of content. */
  retype(match, type) {
    return this.fail(match, async ({ forward, answer }) => {
      const { status, headers, body } = await whole(await forward());
      answer.writeHead(status, { ...endToEnd(headers), 'content-type': type }).end(body);
    });
  }
  /** Requests seen so far whose path begins so. */
  count(path, method) {
    return this.seen.filter((one) => one.path.startsWith(path) && (!method || one.method === method)).length;
  }

  async #serve(request, answer) {
    const path = request.url;
    this.seen.push({ method: request.method, path });
    try {
      const parts = [];
      for await (const part of request) parts.push(part);
      const body = Buffer.concat(parts);
      if (path.startsWith('/portal-login')) {
        answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PORTAL);
        return;
      }
      const forward = () => this.#forward(request, body);
      const entry = this.faults.find((one) => one.times > 0 && path.startsWith(one.path) && (!one.method || one.method === request.method));
      if (entry) {
        entry.times -= 1;
        entry.count += 1;
        await entry.fault({ request, body, forward, answer });
        return;
      }
      const from = await forward();
      answer.writeHead(from.statusCode, endToEnd(from.headers));
      answer.flushHeaders();
      from.on('error', () => answer.destroy());
      answer.on('close', () => from.destroy());
      from.pipe(answer);
    } catch {
      answer.destroy();
    }
  }

  #forward(request, body) {
    const { hostname, port } = new URL(this.upstream);
    return new Promise((done, fail) => {
      const onward = http.request(
        { hostname, port, agent: this.agent, method: request.method, path: request.url, headers: endToEnd(request.headers) },
        done,
      );
      onward.on('error', fail);
      onward.end(body);
    });
  }
}

async function whole(response) {
  const parts = [];
  for await (const part of response) parts.push(part);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) };
}
