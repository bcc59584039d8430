/** R1: what strangers send is words, wherever it is shown. */
import { randomInt, randomUUID } from 'node:crypto';
import { expect, test } from '../fixtures';
import {
  conversation,
  house,
  indexed,
  mailFrom,
  openChat,
  picture,
  say,
  SCRIPTS,
  sendRaw,
  thread,
  unharmed,
} from './helpers';

const encoded = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

test('r1: hostile names, subjects, texts and files by mail stay words in every place', async ({
  sapa,
  desk,
}) => {
  test.slow();
  const officer = await desk('bayu');
  // Of digits only, as an order's number is: it is looked for like any other word.
  const mark = String(randomInt(1e8, 1e9));
  for (const [place, script] of SCRIPTS.entries()) {
    const from = `h${place}.${mark}@evil.example`;
    await sendRaw(
      sapa,
      from,
      [
        `From: ${encoded(`${mark}${place} ${script}`)} <${from}>`,
        `To: ${house}`,
        `Subject: ${encoded(`${script} ${mark}`)}`,
        `Message-ID: <${mark}-${place}@evil.example>`,
        `Date: ${new Date().toUTCString()}`,
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: base64',
        '',
        Buffer.from(`${script}\n> ${script}`).toString('base64'),
        '--b',
        'Content-Type: text/html',
        `Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(`${script}.html`)}`,
        '',
        script,
        '--b--',
      ].join('\n'),
    );
  }
  const rows = [];
  for (const place of SCRIPTS.keys()) {
    rows.push(await conversation(officer, (one) => one.contact.name.startsWith(`${mark}${place} `)));
  }
  await officer.goto('/inbox/unassigned');
  const list = officer.getByRole('list', { name: 'Percakapan' });
  await expect(list.getByText(`${mark}14`)).toBeVisible();
  for (const [place, row] of rows.entries()) {
    await officer.goto(`/inbox/open/${row.id}`);
    const script = SCRIPTS[place] ?? '';
    await expect(thread(officer).locator('.msg')).toHaveCount(1);
    await expect(thread(officer)).toContainText(script.split(' \0')[0]?.slice(0, 12) ?? '');
    await expect(thread(officer).locator('a.file')).toHaveCount(1);
    await expect(officer).toHaveTitle(new RegExp(`${mark}${place} `));
    await unharmed(officer);
  }
  // A file that is a page is never opened as one.
  const file = await thread(officer).locator('a.file').getAttribute('href');
  const answer = await officer.request.get(file ?? '');
  expect(answer.headers()['content-disposition']).toMatch(/^attachment/);
  expect(answer.headers()['x-content-type-options']).toBe('nosniff');

  for (const path of [`/search?q=${mark}`, `/contacts?q=${mark}`, `/contacts/${rows[0]?.contact.id}`]) {
    await officer.goto(path);
    await expect(officer.getByText(mark).first()).toBeVisible();
    await unharmed(officer);
  }
  await officer.goto('/inbox/unassigned');
  await expect(list.getByText(`${mark}14`)).toBeVisible();
  await officer.keyboard.press('Control+k');
  await officer.getByRole('combobox', { name: 'Mau melakukan apa?' }).fill(mark);
  await expect(officer.getByRole('option', { name: new RegExp(mark) }).first()).toBeVisible();
  await unharmed(officer);
});

test('r1: hostile words and files by web chat stay words at both ends', async ({ page, desk }) => {
  test.slow();
  const officer = await desk('bayu');
  await openChat(page);
  // Nobody can type these two.
  const texts = SCRIPTS.map((script) => script.replaceAll('\0', '').replaceAll('\u0007', ''));
  for (const text of texts) {
    await page.getByLabel('Tulis pesan').fill(text);
    await page.keyboard.press('Enter');
  }
  await page.locator('input[type=file]').setInputFiles({
    name: '"><img src=x onerror=window.broken=1>.png',
    mimeType: 'image/png',
    buffer: picture,
  });
  await expect(page.locator('.uploads progress')).toHaveCount(0);
  const last = `akhir ${randomUUID().slice(0, 8)}`;
  await say(page, last);
  const row = await conversation(officer, (one) => one.preview === last);
  await officer.goto(`/inbox/open/${row.id}`);
  await expect(thread(officer).getByText(last)).toBeVisible();
  await expect(thread(officer).locator('.msg .body')).toHaveCount(texts.length + 1);
  await expect(thread(officer).getByText('<svg/onload=window.broken=1>', { exact: true })).toBeVisible();
  await unharmed(officer);
  await unharmed(page);
  await expect(page.locator('.me .say')).toHaveCount(texts.length + 1);
});

test('r1: hostile names of tickets, labels, teams and officers stay words', async ({ house: own }) => {
  const admin = await own.admin('/settings/officers');
  const post = async (path: string, data: unknown) => {
    const answer = await admin.request.post(`/api/v1${path}`, { data });
    expect(answer.status(), await answer.text()).toBeLessThan(300);
    return (await answer.json()) as { id: string };
  };
  const script = '"><img src=x onerror=window.broken=1>';
  const mark = randomUUID().slice(0, 8);
  const name = `${mark} ${script}`;
  const account = { email: `${mark}@toko.example`, role: 'officer', language: 'id', teams: [] };
  await post('/officers', { name, ...account });
  const team = await post('/teams', { name, members: [] });
  await post('/channels', { kind: 'email', name, address: house, settings: {} });
  const row = await mailFrom(own.sapa, admin, name);
  const change = { labels: [script], team_id: team.id };
  expect((await admin.request.patch(`/api/v1/conversations/${row.id}`, { data: change })).ok()).toBe(true);
  const ticket = { conversation_id: row.id, kind: 'complaint', title: name, description: script };
  const solved = await post('/tickets', ticket);
  const cause = await post('/ticket-causes', { name });
  await post(`/tickets/${solved.id}/solve`, { cause_id: cause.id, remedy: name });
  const open = await post('/tickets', ticket);
  await indexed(admin, mark);

  const places = [
    `/inbox/open/${row.id}`,
    `/tickets/${open.id}`,
    `/tickets/${solved.id}`,
    `/contacts/${row.contact.id}`,
    `/search?q=${mark}`,
    ...['officers', 'teams', 'channels', 'audit'].map((part) => `/settings/${part}`),
  ];
  for (const path of places) {
    await admin.goto(path);
    await expect(admin.getByText(mark).first(), path).toBeVisible();
    await unharmed(admin);
  }
  await admin.goto(`/inbox/open/${row.id}`);
  await expect(admin.locator('.past', { hasText: mark })).toContainText(script);
  await admin.keyboard.press('a');
  await expect(admin.getByRole('menuitem', { name: mark }).first()).toBeVisible();
  await admin.keyboard.press('Escape');
  await admin.keyboard.press('l');
  await expect(admin.getByRole('dialog', { name: 'Label' })).toContainText(script);
  await unharmed(admin);
});
