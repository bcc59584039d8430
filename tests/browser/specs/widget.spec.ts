/** The chat of a shop against the hub itself: by touch, by keyboard, in either language. */
import { expect, test } from '../fixtures';
import { answerBox, conversation, picture, thread, word } from './helpers';

test('what the shop offers is said with one touch, and so is what the officer offers', async ({
  page,
  desk,
}) => {
  const officer = await desk('dimas');
  await page.goto('/demo');
  await page.getByRole('button', { name: /^Buka obrolan/ }).click();
  await page.getByRole('button', { name: 'Di mana pesanan saya?' }).click();
  await expect(page.locator('.me .say')).toHaveText(['Di mana pesanan saya?']);
  await expect(page.getByText(/^Diterima/)).toBeVisible();
  const row = await conversation(officer, (one) => one.preview === 'Di mana pesanan saya?');
  await officer.goto(`/inbox/open/${row.id}`);
  await expect(thread(officer)).toContainText('Di mana pesanan saya?');

  await officer.getByRole('button', { name: 'Balasan cepat' }).click();
  const labels = officer.locator('.quick-replies input').first();
  for (const label of ['Pesanan kopi', 'Pesanan alat']) {
    await labels.fill(label);
    await officer.keyboard.press('Enter');
  }
  await officer
    .locator('.composer input[type=file]')
    .setInputFiles({ name: 'rak.png', mimeType: 'image/png', buffer: picture });
  await expect(officer.locator('.attached .thumb')).toBeVisible();
  await answerBox(officer).fill('Yang mana, Kak?');
  await officer.keyboard.press('Control+Enter');
  await expect(thread(officer).locator('.msg.out').getByRole('img', { name: 'rak.png' })).toBeVisible();

  const shown = page.getByRole('img', { name: 'rak.png' });
  await expect.poll(() => shown.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Pesanan alat' }).click();
  await expect(page.getByRole('button', { name: 'Pesanan kopi' })).toHaveCount(0);
  await expect(thread(officer).locator('.msg').last()).toContainText('Pesanan alat');
});

test('the chat is opened, written in and closed by keyboard alone, in English', async ({
  open,
  sapa,
  desk,
}) => {
  const officer = await desk('dimas');
  const page = await open({ baseURL: sapa.url, locale: 'en-GB' });
  await page.goto('/demo?lang=en');
  const launcher = page.getByRole('button', { name: 'Open chat' });
  await expect(launcher).toBeVisible();
  await expect(async () => {
    await page.keyboard.press('Tab');
    await expect(launcher).toBeFocused({ timeout: 50 });
  }).toPass({ intervals: [0] });
  await page.keyboard.press('Enter');
  const box = page.getByLabel('Write a message');
  await expect(box).toBeFocused();
  await expect(page.getByText('We keep this chat so that you never have to explain twice.')).toBeVisible();
  const question = word('Do you ship to Bali ');
  await page.keyboard.type(question);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Received/)).toBeVisible();
  const row = await conversation(officer, (one) => one.preview === question);
  const answer = word('We do ');
  const sent = await officer.request.post(`/api/v1/conversations/${row.id}/messages`, {
    data: { kind: 'reply', text: answer },
  });
  expect(sent.status()).toBe(201);
  await expect(page.locator('.in .say', { hasText: answer })).toBeVisible();
  await expect(page.getByText('Dimas, officer')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(launcher).toBeFocused();
});
