/** The chat in a shop's page, and the officer at the other end. */
import { expect, test } from '../fixtures';
import {
  answerBox,
  conversation,
  conversationOf,
  openChat,
  picture,
  said,
  say,
  thread,
  word,
} from './helpers';

test('a visitor and an officer talk, and nobody reloads', async ({ page, desk }) => {
  const officer = await desk('dimas', '/inbox/unassigned');
  await officer.evaluate(() => document.body.setAttribute('data-kept', 'yes'));
  await openChat(page);
  const question = word('Apakah masih buka ');
  await say(page, question);
  await expect(page.getByText(/^Diterima/)).toBeVisible();

  await officer.getByRole('link', { name: question }).click();
  await expect(thread(officer).getByText(question)).toBeVisible();
  await expect(page.getByText(/^Dibaca/)).toBeVisible();

  await page.getByLabel('Tulis pesan').pressSequentially('sebentar');
  await expect(thread(officer).getByText(/sedang mengetik/)).toBeVisible();
  await page.getByLabel('Tulis pesan').fill('');

  const answer = word('Buka sampai jam sembilan ');
  await answerBox(officer).pressSequentially('B');
  await expect(page.getByLabel('Dimas sedang mengetik')).toBeVisible();
  await answerBox(officer).fill(answer);
  await officer.keyboard.press('Control+Enter');
  await expect(page.locator('.in .say', { hasText: answer })).toBeVisible();
  await expect(
    thread(officer)
      .locator('.msg.out')
      .last()
      .getByText(/^Dibaca/),
  ).toBeVisible();
  await expect(officer.locator('body')).toHaveAttribute('data-kept', 'yes');

  await page.reload();
  await expect(page.locator('.me .say', { hasText: question })).toHaveCount(1);
  await expect(page.locator('.in .say', { hasText: answer })).toHaveCount(1);
});

test('d3 d8: what is written without a line waits, and arrives once and in order', async ({ page, desk }) => {
  const officer = await desk('dimas', '/inbox/unassigned');
  await openChat(page);
  const begin = word('mulai ');
  await say(page, begin);
  const { contact } = await conversation(officer, (row) => row.preview === begin);
  await page.context().setOffline(true);
  const words = ['satu', 'dua', 'tiga'].map((one) => word(`${one} `));
  for (const one of words) await say(page, one);
  await expect(page.getByText('Menunggu sambungan')).toHaveCount(words.length);
  expect(await said(officer, contact.id)).toHaveLength(1);

  await page.context().setOffline(false);
  await expect(async () => {
    expect((await said(officer, contact.id)).map(({ text }) => text)).toEqual([begin, ...words]);
  }).toPass({ timeout: 15_000 });
  await expect(page.getByText('Menunggu sambungan')).toHaveCount(0);
  for (const one of words) await expect(page.locator('.me .say', { hasText: one })).toHaveCount(1);
});

test('h2 r8: a customer of the shop is known by the signature, with what was said before', async ({
  page,
  desk,
}) => {
  const officer = await desk('ayu');
  const { id, contact } = await conversationOf(officer, 'Rina Wulandari');
  await page.goto('/demo');
  await page.getByRole('button', { name: 'Masuk sebagai Rina Wulandari' }).click();
  await expect(page.getByRole('button', { name: 'Rina Wulandari · Keluar' })).toBeVisible();
  await page.getByRole('button', { name: /^Buka obrolan/ }).click();
  await expect(page.getByText('Halo Bu Rina! Tentang KS-20931')).toBeVisible();
  const text = word('Ini Rina lagi ');
  await say(page, text);

  await officer.goto(`/inbox/open/${id}`);
  await expect(thread(officer).getByText(text)).toBeVisible();
  expect((await said(officer, contact.id)).at(-1)?.text).toBe(text);
});

test('an answer to a closed chat is told of by a badge', async ({ page, desk }) => {
  const officer = await desk('dimas', '/inbox/unassigned');
  await openChat(page);
  const question = word('Ada yang jaga ');
  await say(page, question);
  await officer.getByRole('link', { name: question }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Tutup obrolan' }).click();
  const answer = word('Ada, kami di sini ');
  await answerBox(officer).fill(answer);
  await officer.keyboard.press('Control+Enter');
  const badge = page.getByRole('button', { name: 'Buka obrolan, 1 pesan belum dibaca' });
  await expect(badge).toBeVisible();
  await expect(page).toHaveTitle(/^\(1\) /);
  await badge.click();
  await expect(page.locator('.in .say', { hasText: answer })).toBeVisible();
  await expect(page).not.toHaveTitle(/^\(/);
});

test('a picture of the visitor’s is shown to the officer', async ({ page, desk }) => {
  const officer = await desk('dimas', '/inbox/unassigned');
  await openChat(page);
  const text = word('Ini fotonya ');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'paket.png', mimeType: 'image/png', buffer: picture });
  await expect(page.locator('.uploads progress')).toHaveCount(0);
  await say(page, text);
  await officer.getByRole('link', { name: text }).click();
  const shown = thread(officer).getByRole('img', { name: 'paket.png' });
  await expect(shown).toBeVisible();
  await expect.poll(() => shown.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBeGreaterThan(0);
  await officer.getByRole('button', { name: 'Perbesar paket.png' }).click();
  const large = officer.getByRole('dialog', { name: 'paket.png' });
  const download = officer.waitForEvent('download');
  await large.getByRole('link', { name: 'Unduh' }).click();
  expect((await download).suggestedFilename()).toBe('paket.png');
});
