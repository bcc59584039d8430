/** The house's administration. */
import type { Page, WebSocket } from '@playwright/test';
import { addressOf, expect, password, test } from '../fixtures';
import { word } from './helpers';

/** The text of a secret that is shown this once. */
async function secretOf(page: Page, title: string): Promise<string> {
  const dialog = page.getByRole('dialog', { name: title });
  const secret = await dialog.locator('code').innerText();
  await dialog.getByRole('contentinfo').or(dialog.locator('.dialog-foot')).getByRole('button').last().click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(secret)).toHaveCount(0);
  return secret;
}

test('r13: an officer is invited, and the link is good once', async ({ desk, open }) => {
  const admin = await desk('wayan', '/settings/officers');
  await admin.getByRole('button', { name: 'Undang petugas' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Undang petugas' });
  const email = `${word('joko')}@kopiseruni.example`;
  await dialog.getByLabel('Nama').fill('Joko Baru');
  await dialog.getByLabel('Email').fill(email);
  await dialog.getByRole('button', { name: 'Buat undangan' }).click();
  const link = await secretOf(admin, 'Undangan');
  await expect(admin.getByRole('row', { name: new RegExp(email) })).toContainText('Diundang');

  const page = await open();
  await page.goto(link);
  await page.getByLabel('Kata sandi').fill('pendek');
  await expect(page.getByRole('button', { name: 'Mulai' })).toBeDisabled();
  await page.getByLabel('Kata sandi').fill('satu kalimat yang panjang');
  await page.getByRole('button', { name: 'Mulai' }).click();
  await expect(page.getByRole('link', { name: 'Joko Baru, bertugas' })).toBeVisible();

  const late = await open();
  await late.goto(link);
  await late.getByLabel('Kata sandi').fill('satu kalimat yang lain');
  await late.getByRole('button', { name: 'Mulai' }).click();
  await expect(late.getByRole('alert')).toContainText('Undangan ini sudah dipakai');

  await admin.goto('/settings/audit');
  const begun = admin.getByRole('row', { name: /Menerima undangan/ }).first();
  await expect(begun).toContainText('Joko Baru');
  await expect(admin.getByRole('row', { name: /Mengundang petugas|Menambah petugas/ }).first()).toContainText(
    'Wayan Adnyana',
  );
});

test('a new team is a folder of its members’ inbox', async ({ desk }) => {
  const admin = await desk('wayan', '/settings/teams');
  await admin.getByRole('button', { name: 'Tim baru' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Tim baru' });
  const name = word('Tim ');
  await dialog.getByLabel('Nama').fill(name);
  await dialog.getByRole('combobox', { name: 'Anggota' }).or(dialog.getByLabel('Anggota')).first().click();
  await admin.getByRole('option', { name: 'Bayu Saputra' }).click();
  await admin.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Simpan' }).click();
  await expect(admin.getByRole('row', { name: new RegExp(name) })).toContainText('BS');
  const member = await desk('bayu', '/inbox/mine');
  await member.getByRole('link', { name: new RegExp(name) }).click();
  await expect(member).toHaveURL(/\/inbox\/team-/);
});

test('r7 r28: a web chat is added, its signing key shown this once, and let stand on its pages alone', async ({
  sapa,
  desk,
}) => {
  const admin = await desk('wayan', '/settings/channels');
  await admin.getByRole('button', { name: 'Tambah kanal' }).click();
  await admin.getByRole('menuitem', { name: 'Obrolan web' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Sambungkan Obrolan web' });
  const name = word('Toko ');
  await dialog.getByLabel('Nama').fill(name);
  await dialog.getByLabel('Alamat toko').first().fill('https://toko.example');
  await admin.keyboard.press('Enter');
  await dialog.getByLabel('Judul').fill('Toko Contoh');
  await dialog.getByRole('button', { name: 'Sambungkan', exact: true }).click();
  const key = await secretOf(admin, 'Kunci tanda tangan');
  expect(key.length).toBeGreaterThan(20);
  const card = admin.locator('.channel', { hasText: name });
  const snippet = await card.locator('code').innerText();
  const site = /data-site="([^"]+)"/.exec(snippet)?.[1] ?? '';
  expect(snippet).toContain(`${sapa.url}/widget.js`);

  const session = (origin: string) =>
    fetch(`${sapa.url}/chat/${site}/session`, {
      method: 'POST',
      headers: { Origin: origin, 'Content-Type': 'application/json' },
      body: '{}',
    });
  expect((await session('https://toko.example')).status).toBe(200);
  expect((await session('https://lain.example')).status).toBe(403);
  const listed = await admin.request.get('/api/v1/channels');
  expect(await listed.text()).not.toContain(key);
});

test('r5: a token does what its scope allows, and nothing else, until it is revoked', async ({
  sapa,
  desk,
}) => {
  const admin = await desk('wayan', '/settings/tokens');
  await admin.getByRole('button', { name: 'Token baru' }).first().click();
  const dialog = admin.getByRole('dialog', { name: 'Token baru' });
  const name = word('Pembukuan ');
  await dialog.getByLabel('Nama').fill(name);
  await dialog.getByLabel('conversations:read', { exact: true }).check();
  await dialog.getByRole('button', { name: 'Buat token' }).click();
  const token = await secretOf(admin, 'Token baru Anda');

  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${sapa.url}/api/v1${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    });
  const list = await call('/conversations?folder=open&limit=1');
  expect(list.status).toBe(200);
  const [row] = ((await list.json()) as { items: { id: string }[] }).items;
  const answer = { method: 'POST', body: JSON.stringify({ kind: 'note', text: 'tidak boleh' }) };
  expect((await call(`/conversations/${row?.id}/messages`, answer)).status).toBe(403);
  expect((await call('/officers', { method: 'POST', body: '{}' })).status).toBe(403);
  expect((await call('/audit')).status).toBe(403);

  const line = admin.getByRole('row', { name: new RegExp(name) });
  await line.getByRole('button', { name: 'Cabut' }).click();
  await expect(line).toHaveCount(0);
  expect((await call('/conversations?folder=open&limit=1')).status).toBe(401);
});

test('r6: a session that is ended elsewhere is over within two seconds', async ({ open }) => {
  const signIn = async (agent: string) => {
    const page = await open({ userAgent: agent });
    const answer = await page.request.post('/api/v1/session', {
      data: { email: addressOf('ayu'), password },
    });
    expect(answer.ok()).toBe(true);
    return page;
  };
  const lost = await signIn('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0');
  const here = await signIn(
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
  );
  const sockets: WebSocket[] = [];
  lost.on('websocket', (socket) => sockets.push(socket));
  await lost.goto('/inbox/open');
  await expect(lost.getByText('Terhubung')).toBeVisible();
  await here.goto('/settings/sessions');
  await expect(here.getByRole('row', { name: /Yang ini/ })).toHaveCount(1);
  await here
    .getByRole('row', { name: /Firefox/ })
    .getByRole('button', { name: 'Akhiri' })
    .click();
  await expect.poll(() => sockets.every((socket) => socket.isClosed()), { timeout: 2_000 }).toBe(true);
  expect(sockets).not.toEqual([]);
  await expect(here.getByRole('row', { name: /Firefox/ })).toHaveCount(0);
  await expect(lost.getByRole('heading', { name: 'Masuk' })).toBeVisible();
  expect((await lost.request.get('/api/v1/me')).status()).toBe(401);
  await expect(here.getByRole('heading', { name: 'Sesi saya' })).toBeVisible();
});

test('r5: an officer is shown no administration, and is refused it', async ({ desk }) => {
  const officer = await desk('citra', '/settings/profile');
  const places = officer.getByRole('navigation', { name: 'Pengaturan' });
  await expect(places.getByRole('link', { name: 'Sesi saya' })).toBeVisible();
  for (const name of ['Petugas', 'Kanal', 'Tim', 'Token API', 'Webhook', 'Catatan audit', 'Karantina']) {
    await expect(places.getByRole('link', { name, exact: true }), name).toHaveCount(0);
  }
  await officer.goto('/settings/officers');
  await expect(officer.getByText('Peran Anda tidak mengizinkan ini.')).toBeVisible();
  for (const path of ['audit', 'tokens', 'webhooks', 'quarantine']) {
    expect((await officer.request.get(`/api/v1/${path}`)).status(), path).toBe(403);
  }
});
