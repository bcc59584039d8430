/** One history for one person, whichever channel he came by. */
import { expect, test } from '../fixtures';
import { conversationOf, thread } from './helpers';

const RINA = 'Rina Wulandari';

test('h1: mail, Telegram and web chat stand in one scroll, from the first word on', async ({ desk }) => {
  const officer = await desk('dimas');
  const { id } = await conversationOf(officer, RINA);
  await officer.goto(`/inbox/open/${id}`);
  const line = thread(officer);
  await expect(line).toContainText('Ini fotonya, Mbak. Segelnya masih utuh');
  await expect(line).toContainText('Bungkus kedua dikirim kapan ya?');
  await expect(line).toContainText('paket saya baru sampai pagi ini');
  for (const kind of ['Email', 'Telegram', 'Obrolan web']) {
    await expect(line.locator('.msg .head').getByRole('img', { name: kind }).first(), kind).toBeAttached();
  }
  await expect(line.getByText('Terbukti oleh tautan yang kita kirim').first()).toBeAttached();

  // Older words come as one scrolls up, until there are none.
  await expect(async () => {
    await line.evaluate((it) => it.scrollTo({ top: -it.scrollHeight }));
    await expect(line.getByText('Di sinilah awalnya')).toBeVisible({ timeout: 300 });
  }).toPass({ timeout: 15_000 });
  const shown = await line
    .locator('[data-line^="m-"]')
    .evaluateAll((all) => all.map((it) => it.dataset.line));
  expect(new Set(shown).size).toBe(shown.length);
  const times = await line
    .locator('.msg time')
    .evaluateAll((all) => all.map((it) => it.getAttribute('datetime')));
  expect(times).toEqual([...times].sort());
});

test('h2: what is open and how earlier issues ended is on the same screen', async ({ desk }) => {
  const officer = await desk('dimas');
  const { id } = await conversationOf(officer, RINA);
  await officer.goto(`/inbox/open/${id}`);
  const customer = officer.getByRole('complementary', { name: 'Pelanggan' });
  const open = customer.locator('.issue', { hasText: 'K-1042' });
  await expect(open).toContainText('one of two bags in KS-20931');
  await expect(open).toBeInViewport();
  const earlier = customer.locator('.past', { hasText: 'K-0987' });
  await expect(earlier).toContainText('Sent again, Rp 21.000.');
  await expect(earlier).toBeInViewport();
  await expect(officer.locator('.strip')).toContainText('K-1042');
  await open.getByRole('link', { name: 'K-1042' }).click();
  await expect(officer.getByRole('heading', { name: /one of two bags in KS-20931/ })).toBeVisible();
});

test('h3: a suggestion is weighed, joined by an officer, and taken apart again', async ({ desk }) => {
  const officer = await desk('dimas');
  const { id, contact } = await conversationOf(officer, RINA);
  await officer.goto(`/inbox/open/${id}`);
  const customer = officer.getByRole('complementary', { name: 'Pelanggan' });
  const other = customer.locator('.issue', { hasText: 'R. Wulandari' });
  await expect(other).toContainText('Telepon sama');
  await expect(other.getByRole('img', { name: 'Membantah' })).toBeVisible();
  await expect(other).toContainText('rina.w@kantor.example');

  await other.getByRole('button', { name: 'Bandingkan dan gabung' }).click();
  const dialog = officer.getByRole('dialog', { name: 'Apakah ini orang yang sama?' });
  await expect(dialog).toContainText('rina.wulandari@surat.example');
  await expect(dialog).toContainText('rina.w@kantor.example');
  await dialog.getByRole('button', { name: 'Ya, gabungkan' }).click();
  await expect(dialog).toBeHidden();
  const reached = async () => {
    const answer = await officer.request.get(`/api/v1/contacts/${contact.id}`);
    const { identities } = (await answer.json()) as { identities: { shown: string }[] };
    return identities.map(({ shown }) => shown);
  };
  try {
    await expect(other).toHaveCount(0);
    expect(await reached()).toContain('rina.w@kantor.example');
    await expect(customer.locator('.merge')).toContainText('R. Wulandari');

    await officer.locator('.toast').getByRole('button', { name: 'Urungkan' }).click();
    await expect(customer.locator('.merge')).toHaveCount(0);
    await expect.poll(reached).not.toContain('rina.w@kantor.example');
    await expect(customer.getByText('rina.wulandari@surat.example').first()).toBeVisible();
  } finally {
    // Other scenarios know the two apart; what is undone already is refused here.
    const answer = await officer.request.get(`/api/v1/contacts/${contact.id}`);
    const { merges } = (await answer.json()) as { merges: { id: string }[] };
    for (const merge of merges) await officer.request.post(`/api/v1/merges/${merge.id}/undo`);
  }
});
