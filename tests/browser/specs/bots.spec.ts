/** A bot that answers first, and people who take over. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { answerBox, say, thread } from './helpers';

/** Opens the chat of the shop whose visitors the demonstration's bot answers. */
async function openBotChat(page: Page): Promise<void> {
  await page.goto('/demo/telco');
  await page.getByRole('button', { name: /^Buka obrolan/ }).click();
  await expect(page.getByLabel('Tulis pesan')).toBeVisible();
}

const heard = (page: Page, text: string | RegExp) => page.locator('.in .say', { hasText: text });

test('b1: a bot greets, takes a number and hands over to a person, who sees its summary', async ({
  page,
  desk,
}) => {
  const officer = await desk('ayu', '/inbox/bot');
  await openBotChat(page);
  await say(page, 'Halo kak');
  await expect(heard(page, 'Saya Nusi')).toBeVisible();
  await page.getByRole('button', { name: 'Lacak pesanan eSIM' }).click();
  await expect(heard(page, 'NS-2041')).toBeVisible();
  await say(page, 'NS-2042');
  await expect(heard(page, 'sedang diproses')).toBeVisible();

  // It stands in the bots' folder and nowhere among what waits for people.
  const row = officer.getByRole('link', { name: /NS-2042 sedang diproses/ }).first();
  await expect(row).toBeVisible();
  await row.click();
  await expect(officer.getByText('Nusi yang menjawab di sini')).toBeVisible();
  await expect(thread(officer).getByRole('img', { name: 'Bot' }).first()).toBeVisible();

  await say(page, 'Bicara dengan petugas');
  await expect(heard(page, 'saya panggilkan petugas')).toBeVisible();
  await expect(thread(officer).getByText(/Nusi menyerahkan ini ke Nusa Care/)).toBeVisible();
  await expect(thread(officer).locator('.note', { hasText: 'NS-2042' })).toBeVisible();
  await expect(officer.getByText('Nusi yang menjawab di sini')).toBeHidden();
  await officer.goto('/inbox/unassigned');
  await expect(officer.locator('.conv', { hasText: 'Dari bot' }).first()).toBeVisible();
});

test('b1: a person takes over by the button and gives back by the menu', async ({ page, desk }) => {
  const officer = await desk('ayu', '/inbox/bot');
  await openBotChat(page);
  await say(page, 'Halo lagi');
  await expect(heard(page, 'Saya Nusi')).toBeVisible();
  await officer
    .getByRole('link', { name: /Saya Nusi/ })
    .first()
    .click();
  await officer.getByRole('button', { name: 'Ambil alih' }).click();
  await expect(thread(officer).getByText('Anda mengambil alih dari Nusi')).toBeVisible();
  await answerBox(officer).fill('Saya Ayu, saya bantu ya.');
  await officer.keyboard.press('Control+Enter');
  await expect(heard(page, 'Saya Ayu')).toBeVisible();
  await say(page, 'Terima kasih');
  await expect(page.getByText(/^(Diterima|Dibaca)/)).toBeVisible();

  await officer.locator('.thread-bar').getByRole('button', { name: 'Lainnya' }).click();
  await officer.getByRole('menuitem', { name: 'Kembalikan ke Nusi' }).click();
  await expect(officer.getByText('Nusi yang menjawab di sini')).toBeVisible();
  await expect(heard(page, 'Saya Nusi')).toHaveCount(2);
});

test('b1: an administrator adds a bot, tests it, reads its log and switches it off', async ({ desk }) => {
  const admin = await desk('wayan', '/settings/bots');
  const nusi = admin.locator('.channel', { hasText: 'Nusi' });
  await nusi.getByRole('button', { name: 'Uji panggilan' }).click();
  await expect(nusi.getByRole('status')).toContainText('Bot menjawab dalam');

  await admin.getByRole('button', { name: 'Tambah bot' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Tambah bot' });
  await dialog.getByLabel('Nama').fill('Kira');
  await dialog.getByLabel('Alamat').fill('http://10.0.0.1/bot');
  await dialog.getByRole('button', { name: 'Simpan' }).click();
  await expect(dialog.getByText(/alamat dalam/)).toBeVisible();
  await dialog.getByLabel('Alamat').fill('http://127.0.0.1:9/bot');
  await dialog.getByRole('button', { name: 'Simpan' }).click();
  const secrets = admin.getByRole('dialog', { name: 'Rahasia dan token bot' });
  const secret = await secrets.locator('code').first().innerText();
  expect(secret).toMatch(/^whsec_/);
  await secrets.locator('.dialog-foot').getByRole('button').last().click();
  await expect(admin.getByText(secret)).toHaveCount(0);

  const kira = admin.locator('.channel', { hasText: 'Kira' });
  await kira.getByRole('button', { name: 'Uji panggilan' }).click();
  await expect(kira.getByRole('status')).toContainText('Uji gagal');
  await kira.getByRole('switch').press('Space');
  await admin.getByRole('button', { name: 'Nonaktifkan', exact: true }).click();
  await expect(kira.getByText('Nonaktif.')).toBeVisible();
  await kira.getByRole('button', { name: 'Catatan' }).click();
  await expect(admin.getByText('Belum ada', { exact: true })).toBeVisible();
});
