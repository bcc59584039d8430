/** Budi's story: he changes channel three times, three officers serve him, and nobody asks him again. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type Page } from '@playwright/test';
import type { House } from './fixtures';
import { conversation, sendMail, thread } from './specs/helpers';

/** What is done with a screen at a point of the story. */
type Look = (page: Page, name: string) => Promise<void>;

interface Told {
  house: House;
  /** Opens a browser of Budi's. */
  open: () => Promise<Page>;
  look?: Look;
}

const budi = { name: 'Budi Santoso', from: 'budi@surat.example' };

async function made(page: Page, path: string, data: object): Promise<Record<string, string>> {
  const answer = await page.request.post(`/api/v1${path}`, { data });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return (await answer.json()) as Record<string, string>;
}

/** A channel of the house: one of its kind that another scenario made, or a new one. */
async function channel(page: Page, wanted: { kind: string; name: string } & Record<string, string>) {
  const answer = await page.request.get('/api/v1/channels');
  const { items } = (await answer.json()) as { items: Record<string, string>[] };
  return items.find(({ kind }) => kind === wanted.kind) ?? (await made(page, '/channels', wanted));
}

/** A complaint of his that was solved before. */
async function before(
  page: Page,
  { sapa }: House,
  order: string,
  category: string,
  cause: string,
  remedy: string,
) {
  await sendMail(sapa, { ...budi, subject: `Pesanan ${order}`, text: 'Isinya kurang satu bungkus.' });
  const row = await conversation(page, (one) => one.subject === `Pesanan ${order}`);
  const ticket = await made(page, '/tickets', {
    conversation_id: row.id,
    kind: 'complaint',
    title: `Satu bungkus kurang di ${order}`,
    category_id: category,
  });
  await made(page, `/tickets/${ticket.id}/solve`, { cause_id: cause, remedy });
  await page.request.patch(`/api/v1/conversations/${row.id}`, { data: { status: 'solved' } });
}

/** The shop's token for its customer. */
function signed(key: string, customer: object): string {
  const part = Buffer.from(JSON.stringify(customer)).toString('base64url');
  return `${part}.${createHmac('sha256', key).update(part).digest('base64url')}`;
}

/** A shop of one page, at an address of its own. */
async function openShop() {
  const shop = { url: '', html: '', close: () => server.close() };
  const server = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(shop.html));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  shop.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return shop;
}

/** Tells the story, and looks at it in four places. */
export async function tell({ house, open, look = async () => {} }: Told): Promise<void> {
  const { sapa, telegram } = house;
  const shop = await openShop();
  const desk = await house.admin('/inbox/open');
  await desk.request.patch('/api/v1/me', { data: { language: 'en' } });
  await channel(desk, { kind: 'email', name: 'Kopi Seruni', address: 'halo@kopiseruni.example' });
  const bot = await channel(desk, { kind: 'telegram', name: 'Telegram', secret: telegram.token });
  const site = await made(desk, '/channels', {
    kind: 'webchat',
    name: 'Shop',
    settings: { allowed_origins: [shop.url], title: 'Kopi Seruni', language: 'en' },
  });
  const delivery = await made(desk, '/ticket-categories', { name: 'Delivery' });
  const missing = await made(desk, '/ticket-categories', {
    name: 'Item missing',
    parent_id: delivery.id,
    attach: 'attach',
    severity: 'high',
    due_hours: 72,
  });
  const store = await made(desk, '/ticket-causes', { name: 'Warehouse' });
  const weight = await made(desk, '/ticket-causes', { name: 'Parcel not weighed', parent_id: store.id });
  await before(desk, house, 'KS-20715', missing.id ?? '', weight.id ?? '', 'Refunded Rp 86.000');
  await before(desk, house, 'KS-20842', missing.id ?? '', weight.id ?? '', 'Sent again');

  // He complains by mail. The first officer opens a ticket with two keys, says what it is, and promises.
  await sendMail(sapa, {
    ...budi,
    subject: 'Pesanan KS-20931',
    text: 'Lagi-lagi isinya kurang satu bungkus.',
  });
  const mail = await conversation(desk, (row) => row.subject === 'Pesanan KS-20931');
  await desk.goto(`/inbox/open/${mail.id}`);
  await expect(thread(desk)).toContainText('Lagi-lagi isinya kurang');
  await desk.keyboard.press('t');
  const dialog = desk.getByRole('dialog', { name: 'Open a ticket' });
  await dialog.getByLabel('Category').fill('missing');
  await desk.getByRole('option', { name: 'Delivery › Item missing' }).click();
  await dialog.getByRole('button', { name: 'Open a ticket' }).click();
  const strip = desk.locator('.strip').first();
  await expect(strip).toContainText('3rd time in 60 days');
  await made(desk, `/conversations/${mail.id}/messages`, {
    kind: 'reply',
    text: 'Maaf, Pak Budi. Bungkus kedua kami kirim hari Rabu.',
  });
  await expect(thread(desk)).toContainText('kami kirim hari Rabu');
  await look(desk, 'story-mail');

  // On Telegram nobody knows him; the second officer sees who he may be, why, and what is open.
  const account = { from: 48_213_377, name: 'Budi Santoso' };
  await telegram.customer('say', { ...account, text: 'Halo, KS-20931 bagaimana?' });
  const chat = await conversation(desk, (row) => row.preview === 'Halo, KS-20931 bagaimana?');
  await desk.goto(`/inbox/open/${chat.id}`);
  const customer = desk.getByRole('complementary', { name: 'Customer' });
  const maybe = customer.locator('.issue', { hasText: 'Compare and merge' });
  await expect(maybe).toContainText('KS-20931');
  await expect(maybe).toContainText(/K-\d+/);
  await expect(desk.locator('.strip')).toHaveCount(0);
  await look(desk, 'story-telegram');

  // He opens the link that was sent to his mailbox: the two are one, and the question is the ticket's.
  const link = await made(desk, `/contacts/${mail.contact.id}/links`, { channel_id: bot.id });
  await telegram.customer('start', { ...account, payload: link.url?.split('start=')[1] });
  await expect(desk.locator('.strip').first()).toContainText('3rd time in 60 days');
  await expect(customer).toContainText('budi@surat.example');
  await look(desk, 'story-proved');

  // Signed in at the shop, he writes in its chat. The third officer reads it all, and solves.
  const page = await open();
  const token = signed(site.signing_key ?? '', {
    sub: '1001',
    exp: Math.floor(Date.now() / 1000) + 600,
    name: budi.name,
    email: budi.from,
  });
  shop.html = `<!doctype html><title>Kopi Seruni</title><script async src="${sapa.url}/widget.js" data-site="${site.address}" data-token="${token}"></script>`;
  await page.goto(shop.url);
  await page.getByRole('button', { name: /^Open chat|^Buka obrolan/ }).click();
  await page.getByLabel(/^Write a message|^Tulis pesan/).fill('Belum sampai juga.');
  await page.keyboard.press('Enter');
  const last = await conversation(desk, (row) => row.preview === 'Belum sampai juga.');
  expect(last.contact.id).toBe(mail.contact.id);
  await desk.goto(`/inbox/open/${last.id}`);
  await expect(desk.locator('.strip').first()).toContainText('3rd time in 60 days');
  await desk.locator('.strip').first().getByRole('link').first().click();
  const story = desk.locator('.tl');
  for (const words of [
    'Belum sampai juga.',
    'Halo, KS-20931 bagaimana?',
    'kami kirim hari Rabu',
    'Lagi-lagi isinya kurang',
  ]) {
    await expect(story).toContainText(words);
  }
  await expect(desk.locator('.ruler')).toContainText('Refunded Rp 86.000');
  await look(desk, 'story-ticket');
  // The scenarios that share the house read what it says in Indonesian.
  await desk.request.patch('/api/v1/me', { data: { language: 'id' } });
  shop.close();
}
