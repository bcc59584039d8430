/** What an officer has begun is not lost, whatever is sent, taken back or reloaded meanwhile. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { answerBox, mailFrom, picture, said, thread, word } from './helpers';

const noteBox = (page: Page) => page.getByRole('textbox', { name: 'Catatan internal' });
const tab = (page: Page, name: string) => page.getByRole('tab', { name });
const attached = (page: Page) => page.getByRole('list', { name: 'Berkas terlampir' });
/** A file that the hub has: before that it is on its way, and nothing can be sent. */
const uploaded = (page: Page) => expect(attached(page).locator('img')).toBeVisible();
const saved = (page: Page) => expect(page.getByText('Draf tersimpan')).toBeVisible();

test('a note that is added leaves the half-written answer and its files as they are', async ({
  sapa,
  desk,
}) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Ibu Setengah');
  await officer.goto(`/inbox/open/${row.id}`);
  const begun = word('Setengah jadi ');
  await answerBox(officer).fill(begun);
  await officer
    .locator('.composer input[type=file]')
    .setInputFiles({ name: 'nota.png', mimeType: 'image/png', buffer: picture });
  await uploaded(officer);
  await saved(officer);
  await tab(officer, 'Catatan internal').click();
  await expect(attached(officer)).toHaveCount(0);
  const note = word('Cek gudang ');
  await noteBox(officer).fill(note);
  await officer.keyboard.press('Control+Enter');
  await expect(thread(officer).getByText(note)).toBeVisible();
  await expect(noteBox(officer)).toHaveValue('');
  await tab(officer, 'Balas').click();
  await expect(answerBox(officer)).toHaveValue(begun);
  await officer.reload();
  await expect(answerBox(officer)).toHaveValue(begun);
  await expect(attached(officer)).toContainText('nota.png');
});

test('what is typed while an answer is on its way stays, and is kept', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Pak Cepat');
  await officer.goto(`/inbox/open/${row.id}`);
  await expect(thread(officer)).toContainText('mohon dibantu');
  let release = () => undefined as void;
  const held = new Promise<void>((done) => (release = done));
  await officer.route('**/api/v1/conversations/*/messages', async (route) => {
    await held;
    await route.continue();
  });
  const [first, second] = [word('Pertama '), word('Kedua ')];
  await answerBox(officer).fill(first);
  await officer.keyboard.press('Control+Enter');
  await expect(thread(officer).getByText(first)).toBeVisible();
  await expect(answerBox(officer)).toHaveValue('');
  await answerBox(officer).fill(second);
  const taken = officer.waitForResponse((answer) => answer.request().method() === 'POST');
  const kept = officer.waitForResponse((answer) => answer.request().method() === 'PUT');
  release();
  await taken;
  await kept;
  await expect(thread(officer).getByText(first)).toHaveCount(1);
  await expect(answerBox(officer)).toHaveValue(second);
  await officer.reload();
  await expect(answerBox(officer)).toHaveValue(second);
});

test('an answer that the hub refused comes back before what was typed since', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Bu Tertahan');
  await officer.goto(`/inbox/open/${row.id}`);
  await expect(thread(officer)).toContainText('mohon dibantu');
  let release = () => undefined as void;
  const held = new Promise<void>((done) => (release = done));
  await officer.route('**/api/v1/conversations/*/messages', async (route) => {
    await held;
    await route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: '{"code":"unavailable"}',
    });
  });
  const [first, second] = [word('Pertama '), word('Kedua ')];
  await answerBox(officer).fill(first);
  await officer.keyboard.press('Control+Enter');
  await expect(answerBox(officer)).toHaveValue('');
  await answerBox(officer).fill(second);
  release();
  await expect(officer.getByText(/^Belum terkirim; teks Anda tersimpan/)).toBeVisible();
  await expect(answerBox(officer)).toHaveValue(`${first}\n\n${second}`);
});

test('the key that sends works from the moment on at which the file is shown', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Bu Segera');
  await officer.goto(`/inbox/open/${row.id}`);
  const text = word('Segera ');
  await answerBox(officer).fill(text);
  await officer.evaluate(() => {
    const drawn = new MutationObserver(() => {
      if (!document.querySelector('.attached img')) return;
      drawn.disconnect();
      const press = { key: 'Enter', code: 'Enter', ctrlKey: true, bubbles: true, cancelable: true };
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', press));
    });
    drawn.observe(document.body, { childList: true, subtree: true });
  });
  await officer
    .locator('.composer input[type=file]')
    .setInputFiles({ name: 'nota.png', mimeType: 'image/png', buffer: picture });
  await expect(answerBox(officer)).toHaveValue('');
  await expect(thread(officer).locator('.msg.out').last()).toContainText(text);
});

test('an answer whose draft is just being saved leaves no draft behind', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Pak Serentak');
  await officer.goto(`/inbox/open/${row.id}`);
  await expect(thread(officer)).toContainText('mohon dibantu');
  let saving = () => undefined as void;
  const begun = new Promise<void>((done) => (saving = done));
  let release = () => undefined as void;
  const held = new Promise<void>((done) => (release = done));
  await officer.route('**/api/v1/conversations/*/draft', async (route) => {
    if (route.request().method() === 'PUT') {
      saving();
      await held;
    }
    await route.continue();
  });
  const text = word('Serentak ');
  await answerBox(officer).fill(text);
  await begun;
  const sent = officer.waitForResponse((answer) => answer.request().method() === 'POST');
  await officer.keyboard.press('Control+Enter');
  await expect(thread(officer).getByText(text)).toBeVisible();
  release();
  await sent;
  await officer.reload();
  await expect(thread(officer).getByText(text)).toBeVisible();
  await expect(answerBox(officer)).toHaveValue('');
});

test('an answer with a file that was taken back is whole again, before what was begun since', async ({
  sapa,
  desk,
}) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Bu Lampiran');
  await officer.goto(`/inbox/open/${row.id}`);
  const [text, since] = [word('Terlampir '), word('Satu lagi ')];
  await answerBox(officer).fill(text);
  await officer
    .locator('.composer input[type=file]')
    .setInputFiles({ name: 'nota.png', mimeType: 'image/png', buffer: picture });
  await uploaded(officer);
  await officer.keyboard.press('Control+Enter');
  await expect(thread(officer).getByText(text)).toBeVisible();
  const undo = officer.locator('.toast').getByRole('button', { name: 'Urungkan' });
  await expect(undo).toBeVisible();
  await answerBox(officer).fill(since);
  await undo.click();
  await expect(answerBox(officer)).toHaveValue(`${text}\n\n${since}`);
  await expect(attached(officer)).toContainText('nota.png');
  await saved(officer);
  await officer.reload();
  await expect(answerBox(officer)).toHaveValue(`${text}\n\n${since}`);
  await uploaded(officer);
  await expect(attached(officer)).toContainText('nota.png');
  await officer.getByRole('button', { name: 'Kirim', exact: true }).click();
  await expect(answerBox(officer)).toHaveValue('');
  await expect(async () => {
    const ours = (await said(officer, row.contact.id)).filter(({ direction }) => direction === 'out');
    expect(ours.map((one) => one.text)).toEqual([text, `${text}\n\n${since}`]);
  }).toPass();
  await expect(
    thread(officer).locator('.msg.out').last().getByRole('img', { name: 'nota.png' }),
  ).toBeVisible();
});
