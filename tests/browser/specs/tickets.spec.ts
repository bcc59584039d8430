/** Tickets: one story over three channels, what comes again, what is offered, and what a supervisor sets up. */
import { expect, test } from '../fixtures';
import { tell } from '../story';
import { conversation, conversationOf, mailFrom, sendMail, thread, word } from './helpers';

test('h2: Budi changes channel three times, and no officer asks him again', async ({ house, open }) => {
  const seen: string[] = [];
  const look = (_: unknown, name: string) => Promise.resolve(void seen.push(name));
  await tell({ house, open: () => open({ locale: 'en-GB' }), look });
  expect(seen).toEqual(['story-mail', 'story-telegram', 'story-proved', 'story-ticket']);
});

test('c1: the third time in 60 days is seen in list, thread and ticket, with what was done before', async ({
  desk,
}) => {
  const officer = await desk('dimas');
  const row = await conversationOf(officer, 'Rina Wulandari');
  await officer.goto(`/inbox/open/${row.id}`);
  const strip = officer.locator('.strip').first();
  await strip.getByRole('button', { name: 'Ketiga kali dalam 60 hari' }).click();
  const earlier = officer.locator('.times-list');
  await expect(earlier).toContainText('K-0987');
  await expect(earlier).toContainText('Refunded Rp 86.000');
  await earlier.getByRole('link', { name: /K-0871/ }).click();
  await expect(officer.locator('.outcome')).toContainText('Refunded Rp 86.000');

  await officer.goto('/tickets');
  await officer.getByRole('button', { name: /^Berulang/ }).click();
  const line = officer.getByRole('row', { name: /K-1042/ });
  await expect(line).toContainText('Ketiga kali dalam 60 hari');
  await line.getByRole('link').first().click();
  const ruler = officer.locator('.ruler');
  await expect(ruler.getByRole('listitem')).toHaveCount(3);
  await expect(ruler.getByRole('listitem').first()).toContainText('Refunded Rp 86.000');
  await expect(officer.locator('.tl')).toContainText('Bungkus kedua dikirim kapan ya?');
});

test('c1: a further mail of a customer is offered to his open ticket, and taken or refused', async ({
  sapa,
  desk,
}) => {
  const officer = await desk('ayu');
  const from = `${word('tawar')}@surat.example`;
  const write = async (text: string) => {
    const subject = word('Perihal ');
    await sendMail(sapa, { from, name: 'Tawar Wati', subject, text });
    return conversation(officer, (row) => row.subject === subject);
  };
  const first = await write('Bungkusnya sobek.');
  const data = { conversation_id: first.id, kind: 'complaint', title: word('Sobek ') };
  expect((await officer.request.post('/api/v1/tickets', { data })).status()).toBe(201);
  const second = await write('Ada kabar?');
  await officer.goto(`/inbox/open/${second.id}`);
  const bar = officer.getByRole('group', { name: 'Apakah termasuk tiket?' });
  await expect(bar).toContainText(data.title);
  await bar.getByRole('button', { name: 'Gabungkan' }).click();
  await expect(bar).toBeHidden();
  await expect(officer.locator('.strip').first()).toContainText(data.title);

  const third = await write('Jam buka toko?');
  await officer.goto(`/inbox/open/${third.id}`);
  await bar.getByRole('button', { name: 'Tidak' }).click();
  await expect(bar).toBeHidden();
  await expect(officer.locator('.strip')).toHaveCount(0);
});

test('tickets are filtered by category and severity, and ordered by what is due', async ({ desk }) => {
  const officer = await desk('citra');
  await officer.goto('/tickets?sort=due');
  await expect(officer.getByRole('row').nth(1).locator('.chip.red')).toContainText(/^lewat/);
  await officer.getByRole('combobox', { name: 'Kategori' }).fill('kurang');
  await officer.getByRole('option', { name: 'Pengiriman › Isi paket kurang' }).click();
  await expect(officer.getByRole('row', { name: /K-1042/ })).toBeVisible();
  await expect(officer.getByRole('row', { name: /K-1025/ })).toHaveCount(0);
  await officer.getByRole('button', { name: /^Selesai/ }).click();
  await expect(officer.getByRole('row', { name: /K-0987/ })).toContainText('Paket tidak ditimbang');
});

test('a supervisor keeps categories, causes and rules, and what was used is archived', async ({
  desk,
  sapa,
}) => {
  const head = await desk('ayu', '/settings/categories');
  const name = word('Kategori ');
  await head.getByRole('button', { name: 'Kategori baru' }).click();
  const dialog = head.getByRole('dialog', { name: 'Kategori baru' });
  await dialog.getByLabel('Nama').fill(name);
  await dialog.getByLabel('Gabungkan dengan sendirinya').check();
  await dialog.getByRole('button', { name: 'Simpan' }).click();
  const line = head.getByRole('row', { name });
  await expect(line).toContainText('Digabung');
  const row = await mailFrom(sapa, head, 'Pak Kategori');
  const categories = (await (await head.request.get('/api/v1/ticket-categories')).json()) as {
    items: { id: string; name: string }[];
  };
  const category_id = categories.items.find((one) => one.name === name)?.id;
  const data = { conversation_id: row.id, kind: 'request', title: 'Coba', category_id };
  expect((await head.request.post('/api/v1/tickets', { data })).status()).toBe(201);
  await line.getByRole('button', { name: `Hapus: ${name}` }).click();
  await head.getByRole('dialog').getByRole('button', { name: 'Hapus' }).click();
  await expect(head.getByText(/Arsipkan saja/)).toBeVisible();
  await line.getByRole('button', { name: `Arsipkan ${name}` }).click();
  await expect(line).toHaveCount(0);

  await head.goto('/settings/causes');
  const cause = word('Sebab ');
  await head.getByRole('button', { name: 'Sebab baru' }).click();
  await head.getByRole('dialog').getByLabel('Nama').fill(cause);
  await head.getByRole('dialog').getByRole('button', { name: 'Simpan' }).click();
  await head
    .getByRole('row', { name: cause })
    .getByRole('button', { name: `Hapus: ${cause}` })
    .click();
  await head.getByRole('dialog').getByRole('button', { name: 'Hapus' }).click();
  await expect(head.getByRole('row', { name: cause })).toHaveCount(0);

  await head.goto('/settings/ticket-rules');
  await head.getByRole('button', { name: 'Aturan baru' }).click();
  const address = `${word('keluhan')}@kopiseruni.example`;
  await head.getByRole('dialog').getByLabel('Alamat').fill(address);
  await head.getByRole('dialog').getByRole('button', { name: 'Simpan' }).click();
  await expect(head.getByRole('row', { name: address })).toContainText('Keluhan');
  await head
    .getByRole('row', { name: address })
    .getByRole('button', { name: /^Hapus/ })
    .click();
  await head.getByRole('dialog').getByRole('button', { name: 'Hapus' }).click();
  await expect(head.getByRole('row', { name: address })).toHaveCount(0);

  // Who only serves customers does not find them.
  const officer = await desk('dimas', '/settings/categories');
  await expect(officer.getByRole('link', { name: 'Kategori tiket' })).toHaveCount(0);
  await officer.goto('/inbox/open');
  await expect(thread(officer)).toHaveCount(0);
});
