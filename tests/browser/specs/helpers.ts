/** What several scenarios do. */
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, type Sapa } from '../fixtures';

/** A word that stands nowhere else, so that scenarios that share a Sapa do not meet. */
export const word = (stem: string) => `${stem}${randomUUID().slice(0, 8)}`;

/** A picture of one red dot. */
export const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);

/** The demonstration's mail address. */
export const house = 'halo@kopiseruni.example';

/** Gives a mail to the hub as another mail server would. */
export function sendRaw(sapa: Sapa, from: string, mail: string): Promise<void> {
  const body = mail.replaceAll(/\r?\n/g, '\r\n').replaceAll(/^\./gm, '..');
  const lines = [
    'EHLO surat.example',
    `MAIL FROM:<${from}>`,
    `RCPT TO:<${house}>`,
    'DATA',
    `${body}\r\n.`,
    'QUIT',
  ];
  return new Promise((done, failed) => {
    const line = connect(sapa.smtpPort(), '127.0.0.1');
    let heard = '';
    line.setEncoding('utf8');
    line.once('error', failed);
    line.once('end', () => (lines.length ? failed(new Error(`it hung up: ${heard}`)) : done()));
    line.on('data', (text: string) => {
      heard += text;
      // The last line of an answer has a space after its number.
      const answer = /^(\d{3}) .*\r\n$/m.exec(heard);
      if (!answer) return;
      if (Number(answer[1]) >= 400) return failed(new Error(heard));
      heard = '';
      const next = lines.shift();
      if (next) line.write(`${next}\r\n`);
    });
  });
}

interface Mail {
  from?: string;
  name?: string;
  subject: string;
  text: string;
}

/** Sends a plain mail. */
export function sendMail(sapa: Sapa, { from = `${word('a')}@surat.example`, name, subject, text }: Mail) {
  const encoded = (said: string) => `=?utf-8?B?${Buffer.from(said).toString('base64')}?=`;
  return sendRaw(
    sapa,
    from,
    [
      `From: ${name ? `${encoded(name)} ` : ''}<${from}>`,
      `To: ${house}`,
      `Subject: ${encoded(subject)}`,
      `Message-ID: <${randomUUID()}@surat.example>`,
      `Date: ${new Date().toUTCString()}`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(text).toString('base64'),
    ].join('\n'),
  );
}

interface Row {
  id: string;
  number: number;
  status: string;
  preview: string;
  subject: string | null;
  contact: { id: string; name: string };
}

/** Waits until the hub has a conversation of which `is` holds; asks as the page's officer. */
export async function conversation(page: Page, is: (row: Row) => boolean, folder = 'open'): Promise<Row> {
  let found: Row | undefined;
  await expect(async () => {
    const answer = await page.request.get(`/api/v1/conversations?folder=${folder}&limit=100`);
    found = ((await answer.json()) as { items: Row[] }).items.find(is);
    expect(found).toBeDefined();
  }).toPass({ timeout: 10_000, intervals: [50, 100, 250] });
  return found as Row;
}

/** The open conversation of a customer whom the demonstration knows, however many are newer. */
export async function conversationOf(page: Page, name: string): Promise<Row> {
  const contacts = await page.request.get('/api/v1/contacts', { params: { q: name } });
  const { items } = (await contacts.json()) as { items: { id: string; name: string }[] };
  const contact = items.find((one) => one.name === name)?.id ?? '';
  const answer = await page.request.get('/api/v1/conversations', { params: { folder: 'open', contact } });
  const [row] = ((await answer.json()) as { items: Row[] }).items;
  if (!row) throw new Error(`${name} has no open conversation`);
  return row;
}

/** Waits until the search finds a word; the index follows what is said. */
export async function indexed(page: Page, q: string) {
  await expect(async () => {
    const answer = await page.request.get('/api/v1/search', { params: { q } });
    expect(await answer.text()).toContain('"id"');
  }).toPass({ timeout: 10_000, intervals: [50, 100, 250] });
}

/** A conversation by mail of its own, with a customer whom nobody knows yet. */
export async function mailFrom(sapa: Sapa, page: Page, name: string, text = 'Selamat pagi, mohon dibantu.') {
  const subject = word('Perihal ');
  await sendMail(sapa, { name, subject, text });
  return conversation(page, (row) => row.subject === subject);
}

/** The newest things that a customer and we said, the newest last. */
export async function said(page: Page, contact: string) {
  const answer = await page.request.get(`/api/v1/contacts/${contact}/timeline?limit=50`);
  const { items } = (await answer.json()) as {
    items: {
      type: string;
      message?: { direction: string; text: string; delivery: { state: string } | null };
    }[];
  };
  return items.flatMap(({ message }) => (message ? [message] : []));
}

/** Opens the chat in the shop's page. */
export async function openChat(page: Page) {
  await page.goto('/demo');
  await page.getByRole('button', { name: /^Buka obrolan/ }).click();
  await expect(page.getByLabel('Tulis pesan')).toBeVisible();
}

/** A visitor says something. */
export async function say(page: Page, text: string) {
  await page.getByLabel('Tulis pesan').fill(text);
  await page.keyboard.press('Enter');
  await expect(page.locator('.me .say', { hasText: text })).toBeVisible();
}

/** The thread in the middle of the desk. */
export const thread = (page: Page) => page.getByRole('log');

/** Where the officer writes. */
export const answerBox = (page: Page) => page.getByRole('textbox', { name: 'Balas' });
