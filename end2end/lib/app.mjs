// What a person does on the app's pages, in one place: when a page changes, only this file changes.
import { becomes, until } from './until.mjs';

export const byId = (page, id) => page.getByTestId(id);

/** Signs in through the page, as a person with a code on paper does, and waits until the phone has its data. */
export async function signIn(phone, code, name = phone.name) {
  const { page } = phone;
  await phone.open('/vao');
  await byId(page, 'sign-in-code').fill(code);
  await byId(page, 'device-name').fill(name);
  await byId(page, 'sign-in').click();
  await byId(page, 'bottom-nav').waitFor();
  await page.locator('[data-testid=next-meeting], [data-testid=ward-tiles], [data-testid=office]').first().waitFor();
}

/** Opens a page of the app and waits until the app itself (not the shell) stands there. */
export async function open(phone, path) {
  await phone.open(path);
  await appears(phone);
}
export const appears = ({ page }) => page.locator('.frame h1').waitFor({ timeout: 30_000 });

/** Chooses a chip of a group. Its radio lies unseen over the words; it is clicked where a finger would reach it, never by force: a forced click may land on what just slid over it. */
export const choose = (radio) => radio.check();

/** What the roll call shows: [{member, status, state}] of every row, hidden ones too. */
export const rows = (page) => page.locator('[data-testid=roll-row]').evaluateAll((all) => all.map((row) => ({
  member: row.dataset.member,
  status: row.dataset.status,
  state: row.querySelector('[data-testid=op-state]')?.dataset.state ?? null,
  name: row.querySelector('.roll-name')?.textContent ?? '',
})));
/** {member: status} */
export const statuses = async (page) => Object.fromEntries((await rows(page)).map(({ member, status }) => [member, status]));

/** Opens the roll call of a meeting and waits for its rows. */
export async function openRoll(phone, meeting, atLeast = 1) {
  await open(phone, `/buoi-hop/${meeting}/diem-danh`);
  await rollIsThere(phone, atLeast);
}
export async function rollIsThere(phone, atLeast = 1) {
  await until('the roll call has rows', async () => (await phone.page.locator('[data-testid=roll-row]').count()) >= atLeast, 30_000);
}

export const row = (page, member) => page.locator(`[data-testid=roll-row][data-member="${member}"]`);
export const tap = (page, member) => row(page, member).locator('.roll-main').click();

const SAFE = ['saved', 'sent', 'in-book'];
/** The row says that its last op is at least saved on this phone. */
export async function isSaved(page, member) {
  await row(page, member).locator(SAFE.map((state) => `[data-testid=op-state][data-state=${state}]`).join(', ')).waitFor();
}

/** Opens ⋯ of a row. */
export async function rowSheet(page, member) {
  await row(page, member).getByTestId('row-menu').click();
  await byId(page, 'roll-sheet').waitFor();
}
/** Late or left early, by the sheet. */
export async function pick(page, member, testid) {
  await rowSheet(page, member);
  await byId(page, testid).click();
  await until('the sheet is closed', async () => !(await byId(page, 'roll-sheet').isVisible()));
}
/** Excused, with a reason typed in. */
export async function excuse(page, member, reason) {
  await rowSheet(page, member);
  await page.locator('[name=excuse-reason]').fill(reason);
  await byId(page, 'pick-excused').click();
  await until('the sheet is closed', async () => !(await byId(page, 'roll-sheet').isVisible()));
}

const number = async (page, id) => Number((await byId(page, id).first().textContent()).replace(/[^\d]/g, ''));
/** The three counters of the roll call. */
export const counters = async (page) => ({
  present: await number(page, 'count-present'),
  excused: await number(page, 'count-excused'),
  unmarked: await number(page, 'count-unmarked'),
});
/** What waits on this phone or needs a look, by the pill in the bar. */
export const unsent = (page) => number(page, 'unsent-count');
export const allSent = (page, ms = 30_000) => becomes('everything is sent', () => unsent(page), 0, ms);

/** The meeting of a cell that is open or stands in the plan for today. */
export async function todaysMeeting(api, cell) {
  const { meeting } = await api.everything();
  const today = (ms) => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);
  const now = Date.now();
  const found = [...meeting.values()].filter((one) => (!cell || one.unit === cell)
    && (one.status === 'open' || (one.status === 'planned' && today(one.plan.starts) === today(now))));
  if (!found.length) throw new Error(`no meeting today: ${JSON.stringify([...meeting.values()].map(({ status, plan }) => [status, plan.starts]))}`);
  return found.sort((a, b) => (a.status === 'open' ? -1 : 1) - (b.status === 'open' ? -1 : 1))[0];
}

/** The status of a report as the roll call's rows say it. */
export function statusCode(status) {
  if (typeof status === 'string') return status;
  const [kind, detail] = Object.entries(status)[0];
  return kind === 'present' ? { on_time: 'present', late: 'late', left_early: 'left-early' }[detail] : kind;
}

/** A member types the code of the meeting on the check-in page. */
export async function checkIn(page, code) {
  await byId(page, 'code-input').fill(code);
  await byId(page, 'code-submit').click();
}
