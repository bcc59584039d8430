/** Telegram, from the bot's token to a message that did not arrive. */
import { expect, type House, test } from '../fixtures';
import { answerBox, conversation, picture, thread, word } from './helpers';

/** A customer whom nobody knows yet has just written to the bot: the customer, and an officer who sees it. */
async function written({ telegram, admin }: House, name: string) {
  const officer = await admin('/settings/channels');
  const channels = await (await officer.request.get('/api/v1/channels')).text();
  if (!channels.includes('telegram')) {
    const data = { kind: 'telegram', name: 'Telegram', secret: telegram.token, settings: {} };
    expect((await officer.request.post('/api/v1/channels', { data })).status()).toBe(201);
  }
  const customer = { from: 10_000_000 + Math.floor(Math.random() * 1e9), name };
  const text = word('Halo dari Telegram ');
  await telegram.customer('say', { ...customer, text });
  const row = await conversation(officer, (one) => one.preview === text);
  await officer.goto(`/inbox/open/${row.id}`);
  await expect(thread(officer)).toContainText(text);
  return { customer, officer };
}

test('a bot is added by its token, and its customers are heard and answered', async ({ house }) => {
  const { telegram } = house;
  const admin = await house.admin('/settings/channels');
  await admin.getByRole('button', { name: 'Tambah kanal' }).click();
  await admin.getByRole('menuitem', { name: 'Telegram' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Sambungkan Telegram' });
  const connect = dialog.getByRole('button', { name: 'Sambungkan', exact: true });
  await dialog.getByLabel('Token bot').fill('110201543:AAHsalah');
  await connect.click();
  await expect(dialog.getByText(/^Telegram tidak mengenal token ini\./)).toBeVisible();
  await dialog.getByLabel('Token bot').fill(telegram.token);
  await connect.click();
  await expect(dialog).toBeHidden();
  const card = admin.locator('.channel', { hasText: 'KopiSeruniBot' });
  await expect(card.locator('.health')).toContainText('Berfungsi');
  await card.getByRole('button', { name: 'Periksa sekarang' }).click();
  await expect(card.getByRole('status')).toContainText('Berfungsi:');
  expect(await (await admin.request.get('/api/v1/channels')).text()).not.toContain(telegram.token);

  await admin.goto('/inbox/unassigned');
  const rina = { from: 48_213_377, name: 'Rina Wulandari' };
  await telegram.customer('say', { ...rina, text: 'Halo, paket saya kurang satu' });
  await admin.getByRole('link', { name: /^Rina Wulandari/ }).click();
  await expect(thread(admin)).toContainText('Halo, paket saya kurang satu');
  await answerBox(admin).fill('Kami kirim lagi hari ini.');
  await admin.keyboard.press('Control+Enter');
  await expect(
    thread(admin)
      .locator('.msg.out')
      .getByText(/^Terkirim/),
  ).toBeVisible();
  const sent = await telegram.sent();
  expect(sent.map(({ chat, text }) => [chat, text])).toEqual([[rina.from, 'Kami kirim lagi hari ini.']]);
});

test('a photo, a sticker and a pressed button stand in the thread, and a picture goes back', async ({
  house,
}) => {
  const { telegram } = house;
  const { customer, officer } = await written(house, 'Sari Telegram');
  const base64 = picture.toString('base64');
  await telegram.customer('photo', { ...customer, base64, text: 'Begini bungkusnya' });
  const photo = thread(officer).locator('.msg', { hasText: 'Begini bungkusnya' }).locator('img');
  await expect.poll(() => photo.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBeGreaterThan(0);
  await telegram.customer('sticker', { ...customer, base64, text: '🙏' });
  await expect(thread(officer).locator('.msg').last()).toContainText('🙏');

  await officer.getByRole('button', { name: 'Balasan cepat' }).click();
  const labels = officer
    .getByPlaceholder(/^Tombol untuk pelanggan/)
    .or(officer.locator('.quick-replies input'));
  for (const label of ['Kirim ulang', 'Uang kembali']) {
    await labels.first().fill(label);
    await officer.keyboard.press('Enter');
  }
  await officer
    .locator('.composer input[type=file]')
    .setInputFiles({ name: 'gudang.png', mimeType: 'image/png', buffer: picture });
  await expect(officer.locator('.attached .thumb')).toBeVisible();
  const question = word('Mana yang Ibu mau ');
  await answerBox(officer).fill(question);
  await officer.keyboard.press('Control+Enter');
  const ours = thread(officer).locator('.msg.out', { hasText: question });
  await expect(ours.getByText(/^Terkirim/)).toBeVisible();
  await expect(ours.getByRole('img', { name: 'gudang.png' })).toBeVisible();
  const got = (await telegram.sent()).filter(({ chat }) => chat === customer.from);
  expect(got.map(({ file }) => file?.name).filter(Boolean)).toEqual(['gudang.png']);
  const asked = got.find(({ buttons }) => buttons.length > 0);
  expect(asked?.buttons.flat()).toEqual(['Kirim ulang', 'Uang kembali']);

  await telegram.customer('press', { ...customer, message_id: asked?.message, label: 'Uang kembali' });
  await expect(thread(officer).locator('.msg').last()).toContainText('Uang kembali');
});

test('d6: what Telegram refuses or loses says why, and goes out when it is tried again', async ({
  house,
}) => {
  const { telegram } = house;
  const { customer, officer } = await written(house, 'Pak Blokir');
  const last = thread(officer).locator('.msg.out').last();
  const answer = async (text: string) => {
    await answerBox(officer).fill(text);
    await officer.keyboard.press('Control+Enter');
    await expect(last).toContainText(text);
  };
  try {
    const description = 'Forbidden: bot was blocked by the user';
    await telegram.behave({ how: 'refuse', code: 403, description });
    await answer('Apakah sudah sampai?');
    await expect(last.getByRole('alert')).toContainText('Tidak sampai. Pelanggan memblokir bot.');
    await expect(last.getByRole('alert')).toContainText('Sapa tidak akan mencoba lagi sendiri.');
    await telegram.behave({ how: 'accept' });
    await last.getByRole('button', { name: 'Coba Telegram lagi' }).click();
    await expect(last.getByText(/^Terkirim/)).toBeVisible();

    await telegram.behave({ how: 'hang_up' });
    await answer('Nomor resinya JX-1');
    await expect(last.getByRole('alert')).toContainText('Mungkin tidak sampai. Telegram tidak menjawab');
    await telegram.behave({ how: 'accept' });
    await last.getByRole('button', { name: 'Coba Telegram lagi' }).click();
    await expect(last.getByText(/^Terkirim/)).toBeVisible();
  } finally {
    await telegram.behave({ how: 'accept' });
  }
  const ours = (await telegram.sent()).filter(({ chat }) => chat === customer.from);
  expect(ours.map(({ text }) => text)).toEqual(['Apakah sudah sampai?', 'Nomor resinya JX-1']);
});

test('d6: an answer of which nobody knows lies in a folder until an officer says that it arrived', async ({
  house,
}) => {
  const { telegram } = house;
  const { customer, officer } = await written(house, 'Bu Entah');
  const folders = officer.getByRole('navigation', { name: 'Folder' });
  const unsure = folders.getByRole('link', { name: /^Belum pasti/ });
  await expect(unsure).toBeHidden();
  try {
    await telegram.behave({ how: 'hang_up' });
    await answerBox(officer).fill('Nomor resinya JX-2');
    await officer.keyboard.press('Control+Enter');
    await expect(unsure).toContainText('1');
  } finally {
    await telegram.behave({ how: 'accept' });
  }
  await unsure.click();
  await officer.getByRole('link', { name: /^Bu Entah/ }).click();
  const last = thread(officer).locator('.msg.out').last();
  await last.getByRole('button', { name: 'Ternyata sampai' }).click();
  await expect(last.getByText(/^Terkirim/)).toBeVisible();
  await expect(officer.getByText('Semua jawaban sudah pasti')).toBeVisible();
  await officer.goto('/inbox/mine');
  await expect(folders.getByRole('link', { name: /^Milik saya/ })).toBeVisible();
  await expect(unsure).toBeHidden();
  const ours = (await telegram.sent()).filter(({ chat }) => chat === customer.from);
  expect(ours).toEqual([]);
});

test('a channel that fails says so in plain words, and that it is well again', async ({ house }) => {
  const { telegram } = house;
  const { customer, officer: admin } = await written(house, 'Bu Kanal');
  await admin.goto('/settings/channels');
  const bot = admin.locator('.channel', { hasText: 'KopiSeruniBot' });
  const health = bot.locator('.health');
  await expect(health).toContainText('Berfungsi.');
  try {
    await telegram.behave({ method: 'getUpdates', how: 'refuse', code: 401, description: 'Unauthorized' });
    // Ends the poll under way; the next one is refused.
    await telegram.customer('say', { ...customer, text: 'Masih di sana?' });
    await expect(health).toContainText('Tidak berfungsi. Telegram tidak mengenal token ini.', {
      timeout: 15_000,
    });
  } finally {
    await telegram.behave({ method: 'getUpdates', how: 'accept' });
  }
  await bot.getByRole('button', { name: 'Periksa sekarang' }).click();
  await expect(health).toContainText(/^Berfungsi\./, { timeout: 15_000 });
});
