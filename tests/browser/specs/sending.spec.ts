/** Answers for later, and what becomes of answers. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { answerBox, conversation, mailFrom, openChat, say, thread, word } from './helpers';

async function sendTomorrow(officer: Page, text: string) {
  await answerBox(officer).fill(text);
  await officer.getByRole('button', { name: 'Cara kirim lainnya' }).click();
  await officer.getByRole('menuitem', { name: /^Besok pagi/ }).click();
  await expect(officer.getByText('Akan dikirim nanti')).toBeVisible();
}

async function cancel(officer: Page, text: string) {
  const line = thread(officer).locator('.msg.out', { hasText: text });
  await line.hover();
  await line.getByRole('button', { name: 'Lainnya tentang pesan ini' }).click();
  await officer.getByRole('menuitem', { name: 'Batal kirim' }).click();
  await officer.getByRole('dialog').getByRole('button', { name: 'Batal kirim' }).click();
}

test('an answer for later on the web chat is unseen until then, and can be taken back', async ({
  page,
  desk,
}) => {
  const officer = await desk('dimas', '/inbox/unassigned');
  await openChat(page);
  const question = word('Kapan dikirim ');
  await say(page, question);
  const row = await conversation(officer, (one) => one.preview === question);
  await officer.goto(`/inbox/open/${row.id}`);
  const [later, now] = [word('Besok pagi '), word('Sebentar ')];
  await sendTomorrow(officer, later);
  await expect(thread(officer).locator('.msg.out', { hasText: later })).toContainText(/Dikirim .+ 9\.00/);
  await answerBox(officer).fill(now);
  await officer.keyboard.press('Control+Enter');
  await expect(page.locator('.in .say', { hasText: now })).toBeVisible();
  await expect(page.locator('.in .say', { hasText: later })).toHaveCount(0);
  await page.reload();
  await expect(page.locator('.in .say', { hasText: now })).toBeVisible();
  await expect(page.locator('.in .say', { hasText: later })).toHaveCount(0);
  await cancel(officer, later);
  await expect(thread(officer).getByText('Tidak jadi dikirim')).toBeVisible();
  await expect(answerBox(officer)).toHaveValue(later);
});

test('a mail for later says when it goes out, and is taken back after a reload', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Pak Lusa');
  await officer.goto(`/inbox/open/${row.id}`);
  const later = word('Lusa kami kirim ');
  await sendTomorrow(officer, later);
  await officer.reload();
  await expect(thread(officer).locator('.msg.out', { hasText: later })).toContainText(/Dikirim .+ 9\.00/);
  await cancel(officer, later);
  await expect(thread(officer).getByText('Tidak jadi dikirim')).toBeVisible();
  await expect(answerBox(officer)).toHaveValue(later);
});

test('an answer is drawn once and stays the same line when the hub has taken it', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Bu Sekali');
  await officer.goto(`/inbox/open/${row.id}`);
  let release = () => undefined as void;
  const held = new Promise<void>((done) => (release = done));
  // The hub has it, and everybody is told of it; its answer comes late.
  await officer.route('**/api/v1/conversations/*/messages', async (route) => {
    const answer = await route.fetch();
    await held;
    await route.fulfill({ response: answer });
  });
  const text = word('Sekali saja ');
  await answerBox(officer).fill(text);
  await officer.keyboard.press('Control+Enter');
  const line = thread(officer).locator('.msg.out', { hasText: text });
  await line.evaluate((element) => element.setAttribute('data-kept', 'yes'));
  await expect(line).toHaveAttribute('data-line', /^m-(?!new-)/);
  await expect(line).toHaveCount(1);
  release();
  await expect(officer.locator('.toast').getByRole('button', { name: 'Urungkan' })).toBeVisible();
  await expect(line).toHaveCount(1);
  await expect(line).toHaveAttribute('data-kept', 'yes');
});
