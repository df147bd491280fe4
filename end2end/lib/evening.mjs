// The evening that most stories begin with: the demo's secretary as a program, the cell, and its meeting of today, open.
import assert from 'node:assert/strict';
import { Api } from './api.mjs';
import { row, todaysMeeting } from './app.mjs';
import { until } from './until.mjs';

/** {api, cell, meeting} */
export async function evening(server) {
  const api = await Api.signIn(server, 'demo-secretary');
  const cell = api.session.me.roles.find(({ role }) => role === 'secretary').unit;
  const meeting = await todaysMeeting(api, cell);
  if (meeting.status !== 'open') await openMeeting(api, cell, meeting.id);
  return { api, cell, meeting };
}

export const openMeeting = (api, cell, meeting) => api.push([{ unit: cell, kind: 'meeting.open', body: { meeting } }]);

/** The ids of those who belong to the cell now. */
export async function membersOf(api, cell) {
  return [...(await api.everything()).member.values()].filter((one) => one.cell === cell && !one.ended).map(({ id }) => id);
}

/** How far the last op of a row is, as the row says; null when it says nothing. */
export async function stateOf(page, member) {
  const shown = row(page, member).getByTestId('op-state');
  return (await shown.count()) ? shown.getAttribute('data-state') : null;
}
export const statusOf = (page, member) => row(page, member).getAttribute('data-status');

/** How many witnesses the server has for each of these. */
export async function witnesses(api, meeting, members) {
  const { presence } = await api.everything();
  return members.map((id) => Object.keys(presence?.get(`${meeting}:${id}`)?.marks ?? {}).length);
}
/** Exactly one witness each, at the server. */
export async function once(api, meeting, members) {
  await until('the server has each once', async () => (await witnesses(api, meeting, members)).every((n) => n === 1), 60_000);
  assert.ok(members.length > 0);
}
