/** What is said, in a real browser. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openShop, until, type Shop } from './browser';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  const { complaints } = shop;
  await shop.close();
  expect(complaints).toEqual([]);
});

/** Opens the chat, and tells the visitor's address. */
async function begin(path = '/demo') {
  const page = await shop.visit(path);
  await page.locator('.launcher').click();
  await page.locator('.panel').waitFor();
  await until(() => shop.hub.addresses.length > 0);
  return { page, me: shop.hub.addresses.at(-1) ?? '' };
}

const said = () => shop.hub.heard.flatMap(({ frame, raw }) => (frame.t === 'say' ? [{ ...frame, raw }] : []));
const stored = () =>
  shop.hub.log.flatMap(({ frame }) =>
    frame.t === 'message' && frame.from === 'visitor' ? [frame.text] : [],
  );

describe('a visitor', () => {
  it('writes and is answered', async () => {
    const { page, me } = await begin();
    await page.getByText('Halo, ada yang bisa kami bantu?').waitFor();
    await page.getByLabel('Tulis pesan').fill('Paket saya kurang satu');
    await page.keyboard.press('Enter');
    await page.getByText('Diterima').waitFor();
    expect(said()[0]?.page).toBe(`${shop.base}/demo`);
    shop.hub.readAll(me);
    await page.getByText('Dibaca').waitFor();
    shop.hub.push(me, { t: 'typing', on: true, name: 'Dimas Prasetyo' });
    await page.getByLabel('Dimas sedang mengetik').waitFor();
    const answer = shop.hub.say(me, 'Kami kirim sore ini', { buttons: [{ label: 'Baik' }] });
    await page.getByText('Kami kirim sore ini').waitFor();
    expect(await page.locator('.dots').count()).toBe(0);
    await until(() => shop.hub.heard.some(({ frame }) => frame.t === 'read' && frame.seq === answer.seq));
    await page.getByRole('button', { name: 'Baik' }).click();
    await until(() => stored().includes('Baik'));
    expect(await page.locator('.qr button').count()).toBe(0);
    expect(shop.hub.heard.some(({ frame }) => frame.t === 'typing' && frame.on)).toBe(true);
  });

  it('begins by a press, and writes several lines', async () => {
    const { page } = await begin();
    await page.getByRole('button', { name: 'Pilih kopi' }).click();
    await until(() => stored().includes('Pilih kopi'));
    await page.getByLabel('Tulis pesan').pressSequentially('satu');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('dua');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByRole('button', { name: '🙏' }).click();
    await page.getByRole('button', { name: 'Kirim' }).click();
    await until(() => stored().includes('satu\ndua🙏'));
  });

  it('sees what is changed and what is taken back, also after he was away', async () => {
    const { page, me } = await begin();
    const [one, two] = [shop.hub.say(me, 'Besok pagi'), shop.hub.say(me, 'Salah kirim')];
    await page.getByText('Salah kirim').waitFor();
    shop.hub.down = true;
    shop.hub.cut();
    shop.hub.edit(me, one.id, 'Besok siang');
    shop.hub.retract(me, two.id);
    shop.hub.say(me, 'Maaf ya');
    shop.hub.down = false;
    await page.getByText('Maaf ya').waitFor();
    await page.getByText('Besok siang (diubah)').waitFor();
    await page.getByText('Pesan ini ditarik kembali').waitFor();
    expect(await page.getByText('Salah kirim').count()).toBe(0);
    expect(await page.locator('.in .say').count()).toBe(3);
    const hellos = shop.hub.heard.flatMap(({ frame }) => (frame.t === 'hello' ? [frame.since] : []));
    expect(hellos[0]).toBeNull();
    expect(hellos.at(-1)).toBe(two.seq);
  });

  it('goes back in the history without losing his place', async () => {
    const { page, me } = await begin();
    for (let number = 1; number <= 80; number++) shop.hub.say(me, `pesan ${number}`);
    await page.reload();
    await page.getByText('pesan 80', { exact: true }).waitFor();
    expect(await page.locator('.in .say').count()).toBe(30);
    const talk = page.getByRole('log');
    await talk.evaluate((it) => it.scrollTo(0, 60));
    const shown = page.getByText('pesan 52', { exact: true });
    await page.getByText('pesan 21', { exact: true }).waitFor({ state: 'attached' });
    expect(await shown.isVisible()).toBe(true);
    const top = await shown.evaluate((it) => it.getBoundingClientRect().top);
    const { seq } = shop.hub.say(me, 'yang terbaru');
    await page.getByRole('button', { name: 'Pesan baru' }).waitFor();
    expect(await shown.evaluate((it) => it.getBoundingClientRect().top)).toBe(top);
    await page.getByRole('button', { name: 'Pesan baru' }).click();
    await until(() => shop.hub.heard.some(({ frame }) => frame.t === 'read' && frame.seq === seq));
  });

  it('sends pictures and files', async () => {
    const { page } = await begin();
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    await page.locator('input[type=file]').setInputFiles([
      { name: 'foto.png', mimeType: 'image/png', buffer: png },
      { name: 'resi "baru".pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') },
    ]);
    await until(() => shop.hub.requests.filter((request) => request.endsWith('/files')).length === 2);
    await page.locator('progress').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Kirim' }).click();
    await page.getByText('Diterima').waitFor();
    expect(said()[0]?.files).toHaveLength(2);
    await page.reload();
    const picture = page.getByRole('img', { name: 'foto.png' });
    await picture.waitFor();
    await until(() => shop.hub.requests.some((request) => request.startsWith('GET /chat/files/')));
    expect(await picture.evaluate((it) => (it as HTMLImageElement).naturalWidth)).toBe(1);
    await page.locator('a.file', { hasText: '.pdf' }).waitFor();

    const large = { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(10 * 1024 * 1024 + 1) };
    await page.locator('input[type=file]').setInputFiles(large);
    await page.getByText('film.mp4 lebih besar dari 10 MB').waitFor();
  });
});

describe('what waits', () => {
  it('d3: is sent once and in order, after the page was left and the connection lost', async () => {
    const { page } = await begin();
    await page.getByLabel('Tulis pesan').fill('nol');
    await page.keyboard.press('Enter');
    await page.getByText('Diterima').waitFor();
    shop.hub.down = true;
    shop.hub.cut();
    for (const text of ['satu', 'dua', 'tiga']) {
      await page.getByLabel('Tulis pesan').fill(text);
      await page.keyboard.press('Enter');
    }
    await page.getByText('Sambungan terputus').waitFor();
    expect(await page.getByText('Menunggu sambungan').count()).toBe(3);
    await page.reload();
    await page.locator('.panel').waitFor();
    expect(await page.getByText('Menunggu sambungan').count()).toBe(3);
    shop.hub.down = false;
    await until(() => stored().length === 4, 20_000);
    expect(stored()).toEqual(['nol', 'satu', 'dua', 'tiga']);
    await page.getByText('Diterima').waitFor();
    expect(await page.locator('.me .say').allTextContents()).toEqual(['nol', 'satu', 'dua', 'tiga']);
  });

  it('d1: is sent again to the letter when the acknowledgement was lost, and shown once', async () => {
    const { page } = await begin();
    shop.hub.hangUpAfterStoring = 2;
    await page.getByLabel('Tulis pesan').fill('Halo "dunia" \\ 🙂');
    await page.keyboard.press('Enter');
    await until(() => said().length === 3 || shop.hub.hangUpAfterStoring === 1);
    await page.getByText('Diterima').waitFor();
    expect(stored()).toHaveLength(1);
    expect(new Set(said().map(({ raw }) => raw)).size).toBe(1);
    expect(await page.locator('.me .say').count()).toBe(1);
  });

  it('d8: keeps its order when the hub says later, and says so', async () => {
    const { page } = await begin();
    shop.hub.refuse = 'rate';
    for (const text of ['satu', 'dua']) {
      await page.getByLabel('Tulis pesan').fill(text);
      await page.keyboard.press('Enter');
    }
    await page.getByText('Terlalu cepat').waitFor();
    expect(said()).toHaveLength(1);
    shop.hub.refuse = null;
    await until(() => stored().length === 2, 15_000);
    expect(stored()).toEqual(['satu', 'dua']);
  });

  it('is kept to be looked at when it failed for good, and holds up nothing', async () => {
    const { page } = await begin();
    shop.hub.refuse = 'conflict';
    await page.getByLabel('Tulis pesan').fill('gagal');
    await page.keyboard.press('Enter');
    await page.getByText('Tidak terkirim').waitFor();
    shop.hub.refuse = null;
    await page.getByLabel('Tulis pesan').fill('berikutnya');
    await page.keyboard.press('Enter');
    await until(() => stored().includes('berikutnya'));
    await page.getByRole('button', { name: 'Kirim lagi' }).click();
    await until(() => stored().includes('gagal'));
    expect(new Set(said().map(({ id }) => id)).size).toBe(3);
  });

  it('goes once when two tabs are open', async () => {
    const { page } = await begin();
    const other = await shop.context.newPage();
    await other.goto(`${shop.base}/demo`);
    await other.locator('.launcher').click();
    await until(() => shop.hub.addresses.length === 2);
    await page.bringToFront();
    await page.getByLabel('Tulis pesan').fill('dari tab pertama');
    await page.keyboard.press('Enter');
    await other.locator('.me .say', { hasText: 'dari tab pertama' }).waitFor();
    await other.getByText('Diterima').waitFor();
    expect(stored()).toHaveLength(1);
    expect(await other.locator('.me .say').count()).toBe(1);
  });
});
