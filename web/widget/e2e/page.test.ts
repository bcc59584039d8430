/** The widget as a guest in a shop's page, in a real browser. */

import { afterEach, describe, expect, it } from 'vitest';

import { token } from '../dev/fake-hub';
import { openShop, until, type Shop } from './browser';

let shop: Shop;
afterEach(async () => {
  const { complaints } = shop;
  await shop.close();
  expect(complaints).toEqual([]);
});

async function open() {
  const page = await shop.visit();
  await page.locator('.launcher').click();
  await page.locator('.panel').waitFor();
  await until(() => shop.hub.addresses.length > 0);
  return { page, me: shop.hub.addresses.at(-1) ?? '' };
}

const HOSTILE = [
  '<script>window.broken = 1</script>',
  '<img src=x onerror="window.broken = 1">',
  '<svg onload="window.broken = 1">',
  '"><iframe src="javascript:window.parent.broken = 1">',
  'javascript:window.broken=1',
  'https://a.example/"onmouseover="window.broken=1',
  '\u202egnp.exe https://bank.example@evil.example/',
  '{{constructor.constructor("window.broken=1")()}}',
  '&lt;b&gt;',
];

describe('the widget', () => {
  it('r1: shows whatever is said as words', async () => {
    shop = await openShop();
    const { page, me } = await open();
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(shop.base))
        elsewhere.push(request.url());
    });
    for (const text of HOSTILE) {
      const file = {
        id: text,
        name: text,
        media_type: 'text/html',
        size: 1,
        url: `/chat/files/${encodeURIComponent(text)}`,
      };
      shop.hub.say(me, text, { name: text, buttons: [{ label: text }], files: [file] });
      shop.hub.push(me, { t: 'typing', on: true, name: text });
      await page.getByLabel('Tulis pesan').fill(text);
      await page.keyboard.press('Enter');
    }
    await until(() => shop.hub.log.length >= 2 * HOSTILE.length);
    await page.waitForTimeout(300);
    const shown = await page.locator('.in .say:not(:has(.dots))').allTextContents();
    expect(shown).toEqual(HOSTILE);
    expect(await page.evaluate('window.broken')).toBeUndefined();
    const links = await page
      .locator('.say a')
      .evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('rel')]));
    expect(new Set(links.map(([href]) => href))).toEqual(new Set(['https://a.example/']));
    expect(links.every(([, rel]) => rel?.includes('noopener'))).toBe(true);
    expect(elsewhere).toEqual([]);
  });

  it('asks nobody but the hub, and keeps no connection for who never opens it', async () => {
    shop = await openShop();
    const hosts = new Set<string>();
    shop.page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    const page = await shop.visit();
    await page.locator('.launcher').waitFor();
    await page.waitForTimeout(500);
    expect([...hosts]).toEqual([shop.base]);
    expect(shop.hub.addresses).toEqual([]);
    expect(shop.hub.requests).not.toContain('GET /widget-panel.js');
    expect(await shop.context.cookies()).toEqual([]);
  });

  it('tells of an answer while it is closed', async () => {
    shop = await openShop();
    const { page, me } = await open();
    await page.getByRole('button', { name: 'Di mana pesanan saya?' }).click();
    await page.getByText('Diterima').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Tutup obrolan' }).click();
    shop.hub.say(me, 'Sudah di Bandung');
    const last = shop.hub.say(me, 'Sore ini sampai').seq;
    await page.getByRole('button', { name: 'Buka obrolan, 2 pesan belum dibaca' }).waitFor();
    await page.getByText('Dimas menjawab').waitFor();
    expect(await page.title()).toBe('(2) Gayo Natural · Kopi Seruni');
    await page.reload();
    await page.getByRole('button', { name: 'Buka obrolan, 2 pesan belum dibaca' }).waitFor();
    await page.getByText('Sore ini sampai').click();
    await until(() => shop.hub.heard.some(({ frame }) => frame.t === 'read' && frame.seq === last));
    expect(await page.title()).toBe('Gayo Natural · Kopi Seruni');
    await page.reload();
    await page.locator('.panel').waitFor();
    await page.getByText('Sore ini sampai').waitFor();
    expect(await page.title()).toBe('Gayo Natural · Kopi Seruni');
  });

  it('is used by the keyboard alone', async () => {
    shop = await openShop();
    const page = await shop.visit();
    await page.locator('.launcher').focus();
    await page.keyboard.press('Enter');
    await page.locator('.panel').waitFor();
    const focused = () =>
      page.evaluate(() => {
        const it = document.querySelector('sapa-chat')?.shadowRoot?.activeElement;
        return it?.getAttribute('aria-label') ?? it?.textContent;
      });
    await until(() => shop.hub.addresses.length > 0);
    expect(await focused()).toBe('Tulis pesan');
    const order: (string | null | undefined)[] = [];
    for (let step = 0; step < 4; step++) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).toEqual(['Lampirkan berkas', 'Emoji', 'Kirim', 'Tutup obrolan']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'detached' });
    await page.waitForTimeout(50);
    expect(await focused()).toBe('Buka obrolan');
  });

  it('covers a phone, and keeps the focus inside', async () => {
    shop = await openShop({ viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true });
    const { page } = await open();
    const box = await page.locator('.panel').boundingBox();
    expect(box).toMatchObject({ x: 0, y: 0, width: 390, height: 780 });
    expect(await page.getByRole('dialog').getAttribute('aria-modal')).toBe('true');
    const small = await page
      .locator('.panel button')
      .evaluateAll(
        (all) =>
          all.filter((it) => it.getBoundingClientRect().height < 40 || it.getBoundingClientRect().width < 40)
            .length,
      );
    expect(small).toBe(0);
    await page.getByRole('button', { name: 'Kirim' }).focus();
    await page.keyboard.press('Tab');
    const label = await page.evaluate(() =>
      document.querySelector('sapa-chat')?.shadowRoot?.activeElement?.getAttribute('aria-label'),
    );
    expect(label).toBe('Pilihan');
  });

  it('speaks both languages, and the dark', async () => {
    shop = await openShop({ colorScheme: 'dark', reducedMotion: 'reduce' });
    const page = await shop.visit('/demo?lang=en');
    await page.getByRole('button', { name: 'Open chat' }).click();
    await page.getByText('Hello, how can we help?').waitFor();
    await page.getByRole('button', { name: 'Options' }).click();
    await page.getByRole('menuitem', { name: 'Pakai Bahasa Indonesia' }).click();
    await page.getByText('Halo, ada yang bisa kami bantu?').waitFor();
    const panel = await page.locator('.panel').evaluate((it) => {
      const style = getComputedStyle(it);
      return [style.backgroundColor, style.animationName];
    });
    expect(panel).toEqual(['rgb(22, 23, 27)', 'none']);
  });

  it('r7: is not there on a page that may not use it, and does not ask again', async () => {
    shop = await openShop();
    await shop.context.route('**/chat/seruni/session', (route) => route.fulfill({ status: 403 }));
    const warned: string[] = [];
    shop.page.on('console', (message) => message.type() === 'warning' && warned.push(message.text()));
    const page = await shop.visit();
    await until(() => warned.some((text) => text.startsWith('Sapa:')));
    await page.evaluate(() => window.SapaChat?.open?.());
    await page.waitForTimeout(500);
    expect(await page.locator('.launcher').count()).toBe(0);
    expect(shop.hub.addresses).toEqual([]);
  });

  it('says when nobody is there', async () => {
    shop = await openShop();
    shop.hub.online = false;
    const { page, me } = await open();
    await page.getByText('Kami sedang tidak di tempat').waitFor();
    shop.hub.push(me, { t: 'online', on: true });
    await page.getByText('Biasanya menjawab dalam 5 menit').waitFor();
  });
});

describe('a customer of the shop’s', () => {
  it('r8: takes along what he began, and leaves nothing when he signs out', async () => {
    shop = await openShop();
    const { page, me } = await open();
    expect(me).toMatch(/^v:/);
    await page.getByLabel('Tulis pesan').fill('Saya mulai sebagai tamu');
    await page.keyboard.press('Enter');
    await page.getByText('Diterima').waitFor();
    await page.getByRole('button', { name: 'Masuk sebagai Rina Wulandari' }).click();
    await until(() => shop.hub.addresses.includes('c:rina'));
    await page.getByText('Saya mulai sebagai tamu').waitFor();
    shop.hub.say('c:rina', 'Halo Bu Rina');
    await page.getByText('Halo Bu Rina').waitFor();
    await page.getByRole('button', { name: 'Rina Wulandari · Keluar' }).click();
    await page.getByText('Halo, ada yang bisa kami bantu?').waitFor();
    expect(await page.getByText('Saya mulai sebagai tamu').count()).toBe(0);
    await until(() => shop.hub.addresses.some((address) => address.startsWith('v:')));
    expect(shop.hub.addresses).not.toContain(me);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(kept).not.toContain('tamu');
  });

  it('r8: is asked for a new token when the hub refuses the old one', async () => {
    shop = await openShop();
    const { page } = await open();
    await page.evaluate(() => {
      addEventListener('sapachat:token-refused', () => document.body.setAttribute('data-refused', 'yes'));
    });
    await page.evaluate((old) => window.SapaChat?.identify?.(old), token('rina', -10));
    await page.locator('body[data-refused]').waitFor();
    await until(() => shop.hub.addresses.length === 1);
    expect(shop.hub.addresses[0]).toMatch(/^v:/);
    await page.evaluate((fresh) => window.SapaChat?.identify?.(fresh), token('rina'));
    await until(() => shop.hub.addresses.includes('c:rina'));
  });

  it('is opened, closed and forgotten by the page', async () => {
    shop = await openShop();
    const page = await shop.visit();
    await page.locator('.launcher').waitFor();
    await page.evaluate(() => window.SapaChat?.open?.());
    await page.locator('.panel').waitFor();
    await page.evaluate(() => window.SapaChat?.close?.());
    await page.locator('.panel').waitFor({ state: 'detached' });
  });
});
