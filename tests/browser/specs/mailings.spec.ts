/** Templates and mailings, from the first word to the answers. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { word } from './helpers';

/** A template that was kept by the API. */
async function template(page: Page, name: string): Promise<string> {
  const answer = await page.request.post('/api/v1/templates', {
    data: {
      name,
      kind: 'email',
      subject: 'Halo {{default first_name "Kak"}}',
      text: 'Ada kopi baru.\n{{unsubscribe_url}}',
    },
  });
  expect(answer.status()).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

test('a template is written beside what it becomes, and what is wrong is told where it stands', async ({
  desk,
}) => {
  const page = await desk('wayan', '/mailings/templates');
  await page.getByRole('button', { name: 'Templat baru' }).first().click();
  await page.getByRole('menuitem', { name: /Surat biasa/ }).click();
  const name = word('Surat ');
  await page.getByLabel('Nama').fill(name);
  const text = page.getByRole('textbox', { name: 'Teks' });
  await text.fill('Halo {{nama}}');
  await page.getByRole('button', { name: 'Simpan' }).click();
  await expect(page.getByText(/no way out|is no value/).first()).toBeVisible();

  await text.fill('Halo {{default first_name "Kak"}}, apa kabar?\n{{unsubscribe_url}}');
  const preview = page.getByRole('region', { name: 'Pratinjau' });
  await expect(preview).toContainText(/Halo \S+, apa kabar\?/);
  const first = await preview.locator('b').first().innerText();
  await preview.getByRole('button', { name: 'Pelanggan berikutnya' }).click();
  await expect(preview.locator('b').first()).not.toHaveText(first);
  await page.getByRole('button', { name: 'Simpan' }).click();
  await expect(page.getByText('Templat disimpan')).toBeVisible();
  await page.getByRole('button', { name: 'Uji ke saya' }).click();
  await expect(page.getByText('Surat uji dalam perjalanan ke wayan@kopiseruni.example')).toBeVisible();
  await page.goto('/mailings/templates');
  await expect(page.getByRole('row', { name: new RegExp(name) })).toBeVisible();
});

test('r1: a template’s HTML runs nothing in the preview', async ({ desk }) => {
  const page = await desk('wayan', '/mailings/templates/new?starter=offer-id');
  await page
    .getByRole('textbox', { name: 'HTML' })
    .fill(
      '<p>x</p><img src="data:image/png,x" onerror="parent.document.title=1"><style>body{color:red}</style>{{unsubscribe_url}}',
    );
  const frame = page.locator('iframe.framed');
  await expect(frame).toHaveAttribute('sandbox', '');
  await expect(page.frameLocator('iframe.framed').getByText('x', { exact: true })).toBeVisible();
  await expect(page).not.toHaveTitle('1');
});

test('a mailing is prepared, counted, started and cancelled, and its numbers open their lists', async ({
  desk,
}) => {
  const page = await desk('wayan', '/mailings');
  const name = word('Templat ');
  await template(page, name);
  await page.getByRole('button', { name: 'Kiriman baru' }).click();
  const dialog = page.getByRole('dialog', { name: 'Kiriman baru' });
  const title = word('Kiriman ');
  await dialog.getByLabel('Nama').fill(title);
  await dialog.getByRole('button', { name: 'Siapkan' }).click();
  await expect(page.getByRole('heading', { name: 'Belum dimulai' })).toBeVisible();

  await page.getByRole('combobox', { name: 'Templat' }).or(page.getByLabel('Templat')).first().click();
  await page.getByRole('option', { name }).click();
  await expect(page.getByRole('region', { name: 'Pratinjau' })).toContainText('Ada kopi baru.');
  await page.getByLabel('Paling banyak per menit').fill('6');
  await page.keyboard.press('Tab');
  await expect(page.getByText('akan menerimanya')).toBeVisible();
  await expect(page.getByRole('cell', { name: /Tidak pernah setuju/ })).toBeVisible();
  await page.getByRole('button', { name: 'Mulai …' }).click();
  await page.getByRole('button', { name: 'Mulai sekarang' }).click();

  await expect(page.getByRole('heading', { name: /Mengirim, \d+ % selesai/ })).toBeVisible();
  await expect(page.getByText(/Keenamnya berjumlah \d+ penerima/)).toBeVisible();
  await page.getByRole('link', { name: /Menunggu: buka daftarnya/ }).click();
  await expect(page.getByRole('row').nth(1)).toContainText('Menunggu');
  await page.getByRole('link', { name: 'Kemajuan' }).click();
  await page.getByRole('button', { name: 'Jeda' }).click();
  await expect(page.getByRole('heading', { name: /Dijeda/ })).toBeVisible();
  await page.getByRole('button', { name: 'Batalkan kiriman' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Batalkan kiriman' }).click();
  await expect(page.getByRole('heading', { name: 'Dibatalkan' })).toBeVisible();
  await page.goto('/mailings');
  await expect(page.getByRole('row', { name: new RegExp(title) })).toContainText('Dibatalkan');
});

test('the demonstration’s mailing was answered, and the answer names it', async ({ desk }) => {
  const page = await desk('wayan', '/mailings');
  await page.getByRole('link', { name: 'Panen Gayo, gelombang pertama' }).click();
  await expect(page.getByRole('heading', { name: 'Selesai', exact: true })).toBeVisible();
  await page.getByRole('link', { name: /^Jawaban 3/ }).click();
  await page.getByRole('link', { name: /Reza Mahendra/ }).click();
  await expect(page).toHaveURL(/\/inbox\//);
  const told = page.getByRole('log').getByRole('button', {
    name: 'Menerima kiriman Panen Gayo, gelombang pertama',
  });
  await expect(page.getByRole('log')).toContainText(/Panen Gayo, gelombang pertama · menjawab/);
  await told.click();
  await expect(page.getByRole('dialog')).toContainText('Reza, panen Gayo sudah disangrai');
});

test('an officer sees mailings and is given nothing to send', async ({ desk }) => {
  const page = await desk('dimas', '/mailings');
  await expect(page.getByRole('link', { name: 'Panen Gayo, gelombang pertama' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Kiriman baru' })).toHaveCount(0);
});

test('r27: the page to leave works without scripts', async ({ desk, open, sapa }) => {
  const admin = await desk('wayan', '/mailings');
  const mail = await admin.request.get('/api/v1/mail-folder');
  const { items } = (await mail.json()) as { items: { name: string; subject: string }[] };
  const one = items.find((item) => /kelas seduh/i.test(item.subject)) ?? items[0];
  const body = await admin.request.get(`/api/v1/mail-folder/${one?.name}`);
  const { raw } = (await body.json()) as { raw: string };
  const path = /List-Unsubscribe: <https?:\/\/[^/]+(\/u\/[a-z0-9]+)>/.exec(raw)?.[1];
  expect(path).toBeDefined();
  const page = await open({ javaScriptEnabled: false });
  await page.goto(`${sapa.url}${path}`);
  await page.getByRole('button').click();
  await expect(page.getByRole('heading')).toContainText(/sudah berhenti|unsubscribed/);
});
