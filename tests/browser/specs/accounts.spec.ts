/** Officers' accounts: the way in, and the way out. */
import { expect, type House, password, test } from '../fixtures';
import { word } from './helpers';

/** An officer who is invited: the administrator at the list of officers, the row, and the way in. */
async function invited({ admin }: House, name: string) {
  const email = `${word('petugas')}@toko.example`;
  const page = await admin('/settings/officers');
  const data = { name, email, role: 'officer', language: 'id', teams: [] };
  const made = await page.request.post('/api/v1/officers', { data });
  const { invitation_url: link } = (await made.json()) as { invitation_url: string };
  await page.reload();
  return { page, email, link, row: page.getByRole('row', { name: new RegExp(email) }) };
}

const phrase = 'satu kalimat yang panjang';

test('r13: an invitation that is renewed makes the earlier link worthless', async ({ house, open }) => {
  const { page, link, row } = await invited(house, 'Sekar Baru');
  await row.getByRole('button', { name: 'Lainnya' }).click();
  await page.getByRole('menuitem', { name: 'Tautan undangan baru' }).click();
  const shown = page.getByRole('dialog', { name: 'Undangan' }).locator('code');
  await expect(shown).not.toHaveText(link);
  const renewed = (await shown.textContent()) ?? '';

  const late = await open();
  await late.goto(link);
  await late.getByLabel('Kata sandi').fill(phrase);
  await late.getByRole('button', { name: 'Mulai' }).click();
  await expect(late.getByRole('alert')).toContainText('Undangan ini sudah dipakai atau kedaluwarsa');

  const invitee = await open();
  await invitee.goto(renewed);
  await invitee.getByLabel('Kata sandi').fill(phrase);
  await invitee.getByRole('button', { name: 'Mulai' }).click();
  await expect(invitee.getByRole('link', { name: 'Sekar Baru, bertugas' })).toBeVisible();
});

test('r6 r13: an officer who is switched off is out at once, and cannot come in again', async ({
  house,
  open,
}) => {
  const { page, email, link, row } = await invited(house, 'Gilang Keluar');
  const officer = await open({ baseURL: house.sapa.url });
  const token = link.split('#')[1] ?? new URL(link).searchParams.get('token');
  const joined = await officer.request.post('/api/v1/invitations/accept', {
    data: { token, password: phrase },
  });
  expect(joined.ok()).toBe(true);
  await officer.goto('/inbox/open');
  await expect(officer.getByText('Terhubung')).toBeVisible();

  await page.reload();
  await row.getByRole('button', { name: 'Lainnya' }).click();
  await page.getByRole('menuitem', { name: 'Nonaktifkan' }).click();
  await expect(row).toContainText('Nonaktif');
  await expect(officer.getByRole('heading', { name: 'Masuk' })).toBeVisible();
  await officer.getByLabel('Email').fill(email);
  await officer.getByLabel('Kata sandi').fill(phrase);
  await officer.getByRole('button', { name: 'Masuk', exact: true }).click();
  await expect(officer.getByRole('alert')).toHaveText('Email atau kata sandi tidak cocok.');

  // The last administrator cannot lock the house.
  const me = page.getByRole('row', { name: /ratna@toko\.example/ });
  await me.getByRole('button', { name: 'Lainnya' }).click();
  await expect(page.getByRole('menuitem', { name: 'Ubah' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Nonaktifkan' })).toHaveCount(0);
});

test('r14: who guesses passwords must wait, and is told so', async ({ house, open }) => {
  const page = await open({ baseURL: house.sapa.url });
  await page.goto('/sign-in');
  // An account that there is not waits like one that there is.
  await page.getByLabel('Email').fill(`${word('tebak')}@toko.example`);
  await expect(async () => {
    await page.getByLabel('Kata sandi').fill(word('bukan '));
    await page.getByRole('button', { name: 'Masuk', exact: true }).click();
    await expect(page.getByRole('alert')).toHaveText('Terlalu banyak percobaan. Tunggu sebentar.', {
      timeout: 400,
    });
  }).toPass({ intervals: [0] });
  // Others are not made to wait.
  const data = { email: 'ratna@toko.example', password };
  expect((await page.request.post('/api/v1/session', { data })).ok()).toBe(true);
});
