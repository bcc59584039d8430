/** What could not be read is kept, shown, and tried again. */
import { readFileSync } from 'node:fs';
import { expect, test } from '../fixtures';
import { house, sendRaw, word } from './helpers';
import { unharmed } from './unharmed';

test('r1 r22: a mail that cannot be read is kept with its reason, to be seen, tried again and put away', async ({
  sapa,
  desk,
}) => {
  const mark = word('karantina');
  const admin = await desk('wayan', '/settings/quarantine');
  await expect(admin.getByRole('heading', { name: 'Karantina', exact: true })).toBeVisible();
  // A mail parser ends an address at the first bracket; a browser would mend the tag.
  const script = '<img src=x onerror=window.broken=1';
  await sendRaw(
    sapa,
    'aneh@surat.example',
    [
      `From: Aneh <"${script}"@surat.example>`,
      `To: ${house}`,
      `Subject: ${mark}`,
      `Message-ID: <${mark}@surat.example>`,
      '',
      'Tidak jelas siapa yang menulis.',
    ].join('\n'),
  );
  // The page learns of it by itself.
  const entry = admin.locator('.channel', { hasText: 'Pengirimnya bukan alamat email biasa' }).first();
  await expect(entry).toContainText(script);
  await unharmed(admin);

  const download = admin.waitForEvent('download');
  await entry.getByRole('link', { name: 'Unduh aslinya' }).click();
  expect(readFileSync(await (await download).path(), 'utf8')).toContain(`Subject: ${mark}`);

  await entry.getByRole('button', { name: 'Coba lagi' }).click();
  await expect(admin.getByText('Masih belum bisa dibaca.')).toBeVisible();
  const before = await admin.locator('.channel').count();
  await entry.getByRole('button', { name: 'Hapus' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Hapus' }).click();
  await expect(admin.locator('.channel')).toHaveCount(before - 1);
});
