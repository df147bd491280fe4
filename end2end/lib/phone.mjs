// A phone: real Chromium with storage of its own that outlives the browser, behind a network of its own.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { chromium, discard, scratch } from './env.mjs';
import { Proxy } from './proxy.mjs';
import { until } from './until.mjs';

const ARGS = [
  '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  '--disable-default-apps', '--disable-domain-reliability', '--mute-audio',
];
export const SMALL = { width: 360, height: 740 };
export const LARGE = { width: 412, height: 915 };
export const DESK = { width: 1280, height: 800 };

// What a browser says by itself when the network is cut on purpose is no fault of the app.
const NETWORK_TALK = /net::ERR_|Failed to load resource|Failed to fetch|NetworkError|EventSource's response has a MIME type|FetchEvent .* network error/;

const phones = new Set();
process.on('exit', () => { for (const phone of phones) phone.killNow(); });

export class Phone {
  /** A new phone in front of `server`. */
  static async make(server, { size = SMALL, dark = false, name = 'phone' } = {}) {
    const phone = new Phone();
    Object.assign(phone, { server, size, dark, name, folder: scratch(name), complaints: [], ownNetwork: true });
    phone.network = await Proxy.start(server.url);
    await phone.start();
    return phone;
  }

  get url() { return this.network.url; }

  /** Opens the browser. What was on screen is gone, what was stored is there. */
  async start() {
    this.context = await playwright.launchPersistentContext(this.folder, {
      executablePath: chromium(), args: ARGS, headless: true, viewport: this.size, hasTouch: true, isMobile: this.size.width < 800,
      deviceScaleFactor: 1, locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh', colorScheme: this.dark ? 'dark' : 'light',
      acceptDownloads: true, timeout: 180_000, // a busy machine is slow to start a browser
    });
    phones.add(this);
    this.context.setDefaultTimeout(15_000);
    if (this.offline) await this.context.setOffline(true);
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
    this.watch(this.page);
  }

  /** Notes every error and every word of the content security policy that a page gives. */
  watch(page) {
    page.on('pageerror', (error) => this.complaints.push(`page error: ${error.stack ?? error}`));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !NETWORK_TALK.test(text)) this.complaints.push(`console: ${text}`);
      if (/Content Security Policy/i.test(text)) this.complaints.push(`policy: ${text}`);
    });
  }

  open(path, options) { return this.page.goto(this.url + path, { waitUntil: 'domcontentloaded', ...options }); }

  /** Airplane mode: the network is gone for the page, its worker and whatever else. */
  async airplane(on = true) {
    if (on) await this.network.cut();
    else await this.network.restore();
    this.offline = on;
    if (phones.has(this)) await this.context.setOffline(on);
  }

  /** The worker has its whole cache and is in charge of the page. */
  async settled() {
    await this.page.waitForFunction(async () => {
      const { controller } = navigator.serviceWorker;
      if (controller?.state !== 'activated') return false;
      for (const name of await caches.keys()) if (await (await caches.open(name)).match('/')) return true;
      return false;
    }, undefined, { timeout: 60_000 });
  }

  /** Closes the browser as a person does. */
  async close() {
    await this.context?.close();
    phones.delete(this);
  }

  /** Every process of this phone's browser. */
  processes() {
    const all = new Map();
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        all.set(Number(entry), { parent, own: readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(this.folder) });
      } catch { /* gone meanwhile */ }
    }
    const mine = new Set([...all].filter(([, one]) => one.own).map(([pid]) => pid));
    for (let grew = true; grew;) {
      grew = false;
      for (const [pid, { parent }] of all) if (mine.has(parent) && !mine.has(pid)) { mine.add(pid); grew = true; }
    }
    mine.delete(process.pid);
    return [...mine];
  }

  killNow() {
    const pids = this.processes();
    for (const pid of pids) {
      try { process.kill(pid, 'SIGKILL'); } catch { /* gone meanwhile */ }
    }
    return pids;
  }

  /** kill -9 of the whole browser, with no chance to write anything, and a new start. */
  async killAndStart() {
    if (this.killNow().length === 0) throw new Error('no process of the browser found');
    await until('the browser is dead', () => this.processes().length === 0);
    phones.delete(this);
    await this.context.close().catch(() => { /* it is dead already */ });
    for (const name of ['SingletonLock', 'SingletonSocket', 'SingletonCookie']) rmSync(join(this.folder, name), { force: true });
    await this.start();
  }

  /** Closes and forgets everything. */
  async throwAway() {
    await this.close().catch(() => this.killNow());
    await this.network.stop();
    discard(this.folder);
  }
}
