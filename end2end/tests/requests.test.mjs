// A member asks that something be corrected, without a network; secretary and ward answer; the privacy notice is asked about and stands in nobody's way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from '../lib/api.mjs';
import { byId, choose, open, signIn, todaysMeeting } from '../lib/app.mjs';
import { lookInAll, shot } from '../lib/look.mjs';
import { DESK, Phone, SMALL } from '../lib/phone.mjs';
import { Server } from '../lib/server.mjs';
import { until } from '../lib/until.mjs';

let server;
let secretaryApi;
let cell;
let meeting;
before(async () => {
  server = await Server.start();
  secretaryApi = await Api.signIn(server, 'demo-secretary');
  cell = secretaryApi.session.me.roles.find(({ role }) => role === 'secretary').unit;
  meeting = await todaysMeeting(secretaryApi, cell);
  if (meeting.status !== 'open') await secretaryApi.push([{ unit: cell, kind: 'meeting.open', body: { meeting: meeting.id } }]);
});
after(() => server?.stop());

const chip = (page, group, n) => page.locator(`[data-testid=${group}] input`).nth(n);

test('a member asks in airplane mode, the secretary answers, the ward too, and the member sees it', async () => {
  const phone = await Phone.make(server, { name: 'dang-vien' });
  const secretary = await Phone.make(server, { name: 'bi-thu' });
  const ward = await Phone.make(server, { name: 'phuong' });
  try {
    await signIn(phone, 'demo-member');
    const { page } = phone;
    await open(phone, '/du-lieu-cua-toi');
    await byId(page, 'own-looks').waitFor();
    await byId(page, 'own-requests').getByText('Chưa có yêu cầu nào').waitFor();
    await phone.airplane();
    await byId(page, 'request-write').click();
    await byId(page, 'request-send').click();
    await page.getByText('Xin chọn Sửa hoặc Xóa.').waitFor();
    await page.getByText('Xin chọn ít nhất một phần.').waitFor();
    await shot(page, 'vet-yeu-cau-loi');
    await byId(page, 'request-text').fill('  Số mới của tôi là 0900000456  ');
    await choose(chip(page, 'request-what', 0));
    await byId(page, 'request-send').click();
    assert.match(await byId(page, 'request-text').inputValue(), /0900000456/, 'what was written stays');
    await choose(chip(page, 'request-about', 2));
    await choose(chip(page, 'request-about', 3));
    await lookInAll(page, 'vet-yeu-cau-viet');
    await byId(page, 'request-send').click();
    const mine = byId(page, 'own-request').first();
    await mine.locator('[data-state=saved]').waitFor();
    await mine.getByText('Sửa: số điện thoại; nơi cư trú, tổ').waitFor();
    await shot(page, 'vet-yeu-cau-mat-mang');
    await phone.airplane(false);
    await mine.locator('[data-testid=request-due]').waitFor();
    assert.match(await mine.textContent(), /Trả lời chậm nhất thứ (hai|ba|tư|năm|sáu) \d\d\/\d\d\/\d{4}/);
    assert.match(await mine.textContent(), /Số mới của tôi là 0900000456(?! )/);
    await lookInAll(page, 'vet-yeu-cau');

    await signIn(secretary, 'demo-secretary');
    await byId(secretary.page, 'open-requests').waitFor();
    assert.match(await byId(secretary.page, 'open-requests').textContent(), /^1 yêu cầu về dữ liệu chưa trả lời\. Hạn gần nhất: thứ/u);
    await byId(secretary.page, 'open-requests').click();
    const work = byId(secretary.page, 'request-item');
    await work.first().waitFor();
    assert.equal(await work.first().locator('a.name').getAttribute('href'), `/dang-vien/${(await Api.signIn(server, 'demo-member')).session.me.member}`);
    await lookInAll(secretary.page, 'vet-viec-yeu-cau');
    await secretary.airplane();
    await byId(secretary.page, 'request-reply').click();
    await byId(secretary.page, 'reply-send').click();
    await secretary.page.getByText('Xin chọn kết quả.').waitFor();
    await secretary.page.getByText('Xin ghi câu trả lời.').waitFor();
    await choose(chip(secretary.page, 'reply-outcome', 1));
    await byId(secretary.page, 'reply-text').fill('Đã sửa số điện thoại; nơi ở xin xác nhận lại.');
    await lookInAll(secretary.page, 'vet-viec-yeu-cau-tra-loi');
    await byId(secretary.page, 'reply-send').click();
    await secretary.page.getByText('Không có yêu cầu nào chờ trả lời').waitFor();
    await secretary.airplane(false);
    await choose(chip(secretary.page, 'requests-show', 1));
    await work.first().getByText('Làm một phần').first().waitFor();
    await shot(secretary.page, 'vet-viec-yeu-cau-xong');

    await byId(page, 'own-request').first().locator('[data-testid=request-answer]').waitFor({ timeout: 30_000 });
    assert.match(await mine.textContent(), /nơi ở xin xác nhận lại/);
    await shot(page, 'vet-yeu-cau-da-tra-loi');

    // Another one, by a program; the ward answers it from its own worklist, without a row of the member on its phone.
    const api = await Api.signIn(server, 'demo-member');
    const ask = { ask: { what: 'delete', about: ['all'], text: 'Tôi đã chuyển nơi ở.' } };
    assert.equal((await api.push([{ unit: cell, kind: 'request.make', body: ask }]))[0].r, 'applied');
    await signIn(ward, 'demo-ward');
    await byId(ward.page, 'open-requests').waitFor();
    await shot(ward.page, 'vet-tong-quan-yeu-cau');
    await byId(ward.page, 'open-requests').click();
    await byId(ward.page, 'request-item').first().getByText('Xóa: tất cả').waitFor();
    await ward.page.setViewportSize(DESK);
    await lookInAll(ward.page, 'vet-viec-yeu-cau-phuong');
    await ward.page.setViewportSize(SMALL);
    await byId(ward.page, 'request-reply').click();
    await choose(chip(ward.page, 'reply-outcome', 2));
    await byId(ward.page, 'reply-text').fill('Chi bộ sẽ đưa ra khỏi danh sách khi có giấy chuyển.');
    await byId(ward.page, 'reply-send').click();
    await ward.page.getByText('Không có yêu cầu nào chờ trả lời').waitFor();
    await until('the server has the answer', async () => {
      const { items } = await secretaryApi.get(`requests/${cell}`);
      return items.length === 2 && items.every(({ request }) => request.answers?.length === 1);
    });
    await until('the member sees it', async () => (await byId(page, 'own-requests').textContent()).includes('khi có giấy chuyển'), 30_000);
  } finally {
    await Promise.all([phone, secretary, ward].map((one) => one.throwAway()));
  }
});

test('the privacy notice: not in a hall, not ticked, put off, agreed to, taken back', async () => {
  const phone = await Phone.make(server, { name: 'dang-vien' });
  try {
    await signIn(phone, 'demo-member');
    const { page } = phone;
    // A roll call runs: nothing stands beside the check-in.
    await byId(page, 'checkin-button').waitFor();
    assert.equal(await byId(page, 'consent-card').count(), 0);
    await secretaryApi.push([{ unit: cell, kind: 'meeting.close', body: { meeting: meeting.id } }]);
    await byId(page, 'consent-card').waitFor({ timeout: 30_000 });
    await byId(page, 'consent-card').scrollIntoViewIfNeeded();
    await lookInAll(page, 'vet-dong-y-the');
    await byId(page, 'consent-read').click();
    await byId(page, 'consent-ask').waitFor();
    assert.equal(await byId(page, 'consent-check').isChecked(), false, 'never ticked beforehand');
    await byId(page, 'consent-give').click();
    await page.getByText('Xin đánh dấu vào ô ở trên nếu đồng ý').waitFor();
    await byId(page, 'consent-ask').scrollIntoViewIfNeeded();
    await lookInAll(page, 'vet-dong-y');
    await byId(page, 'consent-later').click();
    await byId(page, 'sent-card').waitFor();
    assert.equal(await byId(page, 'consent-card').count(), 0, 'put off');
    await open(phone, '/');
    await byId(page, 'sent-card').waitFor();
    assert.equal(await byId(page, 'consent-card').count(), 0, 'and stays so');
    // From the own data it is always found.
    await open(phone, '/du-lieu-cua-toi');
    await byId(page, 'to-consent').click();
    await byId(page, 'consent-check').check();
    await byId(page, 'consent-give').click();
    await byId(page, 'consent-state').getByText('Đã đồng ý với bản ngày').waitFor();
    await byId(page, 'consent-state').locator('[data-state=in-book]').waitFor();
    const ward = await Api.signIn(server, 'demo-ward');
    const unit = ward.session.me.roles.find(({ role }) => role === 'ward').unit;
    assert.equal((await ward.get(`reports/ward/${unit}`)).agreed, 1);
    await open(phone, '/du-lieu-cua-toi');
    await byId(page, 'consent-back').click();
    await byId(page, 'confirm-yes').click();
    await byId(page, 'consent-state').getByText('Chưa đồng ý bản nào').waitFor();
    await until('the ward counts one less', async () => (await ward.get(`reports/ward/${unit}`)).agreed === 0);
    await byId(page, 'consent-state').scrollIntoViewIfNeeded();
    await shot(page, 'vet-dong-y-rut-lai');
  } finally {
    await phone.throwAway();
  }
});
