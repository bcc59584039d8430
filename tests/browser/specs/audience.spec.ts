/** Whom the house writes to: segments, consent, addresses without mailings, contacts from files. */
import { expect, test } from '../fixtures';
import { conversationOf, word } from './helpers';

test('m1: a segment is counted while it is written, and explained for one person', async ({ desk }) => {
  const officer = await desk('ayu', '/segments');
  await expect(officer.getByRole('row', { name: /Bandung dan sekitarnya/ })).toContainText(/\d/);
  await officer.getByRole('link', { name: 'Segmen baru' }).click();
  await expect(officer.getByRole('status')).toContainText(/\d+ dari \d+ pelanggan/);

  await officer.getByRole('button', { name: 'Syarat', exact: true }).click();
  await officer.getByRole('menuitem', { name: 'Kota' }).click();
  const city = officer.getByRole('group', { name: 'Kota' });
  await expect(officer.getByText('Ada syarat yang belum diisi')).toBeVisible();
  await city.getByRole('textbox', { name: 'Nilai' }).fill('bandung');
  await expect(city.locator('.n')).toHaveText(/^\d+$/);
  const inBandung = Number(await city.locator('.n').innerText());
  expect(inBandung).toBeGreaterThan(3);
  await expect(officer.getByRole('status')).toContainText(`${inBandung} dari`);

  await officer.getByRole('button', { name: 'Kelompok', exact: true }).click();
  const group = officer.getByRole('group', { name: 'Salah satu' });
  await group.getByRole('button', { name: 'Syarat', exact: true }).click();
  await officer.getByRole('menuitem', { name: 'Promo lewat' }).click();
  await expect(group.locator('.join .n')).toHaveText(/^\d+$/);
  await group.getByRole('button', { name: 'Cara kelompok dihitung' }).click();
  await officer.getByRole('menuitem', { name: /Tak satu pun/ }).click();
  await expect(officer.getByRole('group', { name: 'Tak satu pun' }).locator('.join .n')).toHaveText(
    /^− \d+$/,
  );

  const name = word('Segmen ');
  await officer.getByLabel('Nama segmen').fill(name);
  await officer.getByRole('button', { name: 'Simpan segmen' }).click();
  await expect(officer.getByText('Segmen disimpan')).toBeVisible();
  await expect(officer).toHaveURL(/\/segments\/[0-9a-f-]{36}$/);

  await officer.getByRole('button', { name: 'Jelaskan untuk satu orang' }).click();
  const dialog = officer.getByRole('dialog', { name: 'Jelaskan untuk satu orang' });
  await dialog
    .getByRole('combobox', { name: 'Orang' })
    .or(dialog.getByLabel('Orang'))
    .first()
    .fill('Rina Wulandari');
  await officer
    .getByRole('option', { name: /^Rina Wulandari/ })
    .first()
    .click();
  await expect(dialog.getByRole('status')).toContainText('Rina Wulandari tidak termasuk segmen ini');
  await expect(dialog.getByRole('group', { name: 'Kota' })).toContainText('“Bandung”');
  await expect(dialog.getByRole('group', { name: 'Promo lewat' })).toContainText(
    'setuju, Centang di halaman bayar',
  );
  await officer.keyboard.press('Escape');

  await officer.getByRole('button', { name: 'Hapus', exact: true }).click();
  await officer.getByRole('dialog').getByRole('button', { name: 'Hapus' }).click();
  await expect(officer).toHaveURL(/\/segments$/);
  await expect(officer.getByText(name)).toHaveCount(0);
});

test('m5: consent is noted with where it was said, and stands in the history', async ({ desk }) => {
  const officer = await desk('dimas');
  const { id } = await conversationOf(officer, 'Yohanes Tambunan');
  await officer.goto(`/inbox/open/${id}`);
  const customer = officer.getByRole('complementary', { name: 'Pelanggan' });
  await customer.getByRole('button', { name: 'Ubah untuk Telegram' }).click();
  const dialog = officer.getByRole('dialog', { name: 'Promo lewat Telegram' });
  await dialog.getByText('Tidak mau promo').click();
  await expect(dialog.getByRole('button', { name: 'Simpan' })).toBeDisabled();
  await dialog
    .getByRole('combobox', { name: 'Di mana dikatakan' })
    .or(dialog.getByLabel('Di mana dikatakan'))
    .first()
    .fill('Lewat telepon');
  await officer.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Simpan' }).click();
  await expect(dialog).toBeHidden();
  await expect(customer.locator('.consent-row', { hasText: 'Menolak' })).toContainText('Lewat telepon');
  await expect(
    officer.getByText(/mencatat: tidak untuk promo lewat Telegram \(Lewat telepon\)/),
  ).toBeVisible();
});

test('m5: an address is kept from mailings, found, and released', async ({ desk }) => {
  const officer = await desk('ayu', '/suppressions');
  await officer.getByRole('button', { name: 'Tambah alamat' }).click();
  const dialog = officer.getByRole('dialog', { name: 'Tambah alamat' });
  const address = `${word('x')}@surat.example`;
  await dialog.getByLabel('Alamat', { exact: true }).fill('bukan alamat');
  await dialog.getByLabel('Sebabnya, singkat saja').fill('Minta lewat telepon');
  await dialog.getByRole('button', { name: 'Tambah', exact: true }).click();
  await expect(dialog.getByText('Ini bukan alamat semacam itu.')).toBeVisible();
  await dialog.getByLabel('Alamat', { exact: true }).fill(address);
  await dialog.getByRole('button', { name: 'Tambah', exact: true }).click();
  await expect(dialog).toBeHidden();
  await officer.getByLabel('Sebagian alamat').fill(address.slice(0, 7));
  const row = officer.getByRole('row', { name: new RegExp(address) });
  await expect(row).toContainText('Minta lewat telepon');
  await row.getByRole('button', { name: 'Keluarkan dari daftar' }).click();
  await officer.getByRole('dialog').getByRole('button', { name: 'Keluarkan dari daftar' }).click();
  await expect(officer.getByText('Tidak ada alamat itu di daftar')).toBeVisible();
});

test('m7: a file is mapped, tried, imported and reported', async ({ desk }) => {
  const officer = await desk('ayu', '/contacts/import');
  await expect(officer.getByRole('row', { name: /pameran-kopi-bandung\.csv/ })).toContainText('Selesai');
  const choose = officer.locator('input[type=file]');
  await choose.setInputFiles({
    name: 'rusak.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('PK\u0003\u0004\0\0'),
  });
  await expect(officer.getByRole('alert')).toContainText('Ini bukan berkas teks.');

  const name = word('Pelanggan ');
  const address = `${word('p')}@surat.example`;
  const file = `Nama;Surel;Kota;Setuju promo\n${name};${address};Solo;ya\nTanpa alamat;;Solo;\n<b>x</b>;=1+1;;\n`;
  await choose.setInputFiles({ name: 'baru.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
  await expect(officer.getByLabel('Artinya: Surel')).toHaveValue('email');
  await expect(officer.getByRole('button', { name: 'Coba dulu' })).toBeDisabled();
  await officer.getByLabel('Di mana dan bagaimana mereka setuju?').fill('Formulir di toko Solo');
  await officer.getByRole('button', { name: 'Coba dulu' }).click();
  await expect(officer.getByRole('heading', { name: 'Inilah yang akan terjadi' })).toBeVisible();
  await expect(officer.getByRole('row', { name: /Tanpa alamat/ })).toContainText('Tanpa email, telepon');
  await expect(officer.getByRole('row', { name: /<b>x<\/b>/ })).toContainText('Bukan alamat: =1+1');
  await officer.getByRole('button', { name: 'Impor 1 pelanggan' }).click();
  await expect(officer.getByRole('heading', { name: 'Sudah diimpor' })).toBeVisible();
  await officer.getByText('Baru 1', { exact: true }).click();
  const waiting = officer.waitForEvent('download');
  await officer.getByRole('link', { name: 'Unduh laporan' }).click();
  expect((await waiting).suggestedFilename()).toBe('baru-report.csv');
  await officer.getByRole('link', { name }).click();
  await expect(
    officer.getByText('Formulir di toko Solo').or(officer.getByTitle('Formulir di toko Solo')).first(),
  ).toBeAttached();
});
