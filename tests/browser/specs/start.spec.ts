/** How one comes in. */
import { addressOf, expect, password, startSapa, test } from '../fixtures';

test('an officer of the demonstration signs in and out', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveTitle('Masuk · Sapa');
  await page.getByLabel('Email').fill(addressOf('citra'));
  await page.getByLabel('Kata sandi').fill(password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Percakapan' }).getByRole('listitem').first()).toBeVisible();
  await expect(page.getByText('Peragaan: tidak ada yang benar-benar terkirim')).toBeVisible();

  await page.goto('/settings/profile');
  await page.getByRole('button', { name: 'Keluar' }).click();
  await expect(page.getByRole('heading', { name: 'Masuk' })).toBeVisible();
  await page.goto('/inbox/mine');
  await expect(page.getByRole('heading', { name: 'Masuk' })).toBeVisible();
});

test('r14: a wrong password is refused in plain words that tell nothing', async ({ page }) => {
  await page.goto('/');
  for (const email of [addressOf('citra'), 'nobody@kopiseruni.example']) {
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Kata sandi').fill('not the password');
    await page.getByRole('button', { name: 'Masuk', exact: true }).click();
    await expect(page.getByRole('alert')).toHaveText('Email atau kata sandi tidak cocok.');
  }
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a new installation asks for its first administrator once', async ({ open }) => {
  const empty = await startSapa('empty', 'empty');
  try {
    const page = await open({ baseURL: empty.url });
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Selamat datang di Sapa' })).toBeVisible();
    await page.getByLabel('Nama Anda').fill('Ratna Sari');
    await page.getByLabel('Email').fill('ratna@toko.example');
    await page.getByLabel('Kata sandi').fill('satu kalimat yang panjang');
    await page.getByRole('button', { name: 'Buat dan masuk' }).click();
    await expect(page.getByText('Belum ada pesan')).toBeVisible();

    const later = await open({ baseURL: empty.url });
    await later.goto('/');
    await expect(later.getByRole('heading', { name: 'Masuk' })).toBeVisible();
    const again = await later.request.post('/api/v1/setup', {
      data: { name: 'Eve', email: 'eve@toko.example', password: 'satu kalimat yang panjang' },
    });
    expect(again.status()).toBeGreaterThanOrEqual(400);
  } finally {
    await empty.stop();
  }
});
