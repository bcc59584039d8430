/** R1: what strangers send is words, wherever it is shown. */
import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { type Served, expect, startHouse, test } from '../fixtures';
import { HOSTILE, LINES } from '../hostile';
import { conversation, house as mailbox, indexed, openChat, picture, say, sendRaw, thread } from './helpers';
import { each, fits, showsAll, unharmed } from './unharmed';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const encoded = (text: string) => `=?utf-8?B?${base64(text)}?=`;

interface Row {
  id: string;
  preview: string;
  subject: string | null;
  contact: { id: string; name: string };
}

let served: (Served & { stop: () => Promise<void> }) | undefined;

test.beforeAll(async () => {
  served = await startHouse('hostile');
});

test.afterAll(() => served?.stop());

/** Sends a mail in which a string stands in every place. */
function mail(from: string, subject: string, text: string, id: string) {
  return sendRaw(
    (served as Served).sapa,
    from,
    [
      `From: ${encoded(text)} <${from}>`,
      `To: ${mailbox}`,
      `Subject: ${encoded(subject)}`,
      `Message-ID: <${id}@evil.example>`,
      `Date: ${new Date().toUTCString()}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: multipart/alternative; boundary=c',
      '',
      '--c',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      base64(`${text}\n> ${text}`),
      '--c',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      base64(`<p>Isi ${text}</p>`),
      '--c--',
      '--b',
      'Content-Type: text/html',
      `Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(`${text}.html`)}`,
      '',
      '<script>window.broken=1</script>',
      '--b--',
    ].join('\n'),
  );
}

/** Telegram carries no message of nothing. */
const spoken = (text: string) => text.trim() || '-';

/** All conversations that there are. */
async function all(page: Page): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const params = { folder: 'open', limit: 200, ...(cursor && { cursor }) };
    const answer = await page.request.get('/api/v1/conversations', { params });
    const part = (await answer.json()) as { items: Row[]; next: string | null };
    rows.push(...part.items);
    cursor = part.next;
  }
  return rows;
}

/** What a list shows from its beginning to its end: only what is in view is in the page. */
async function wholeList(page: Page): Promise<string> {
  const list = page.getByRole('list', { name: 'Percakapan' });
  await expect(list.getByRole('listitem').first()).toBeVisible();
  return list.evaluate(async (box) => {
    const seen = new Set<string>();
    for (let still = 0; still < 10;) {
      for (const item of box.querySelectorAll('[role=listitem]')) seen.add(item.textContent);
      const before = box.scrollTop;
      box.scrollTop += box.clientHeight;
      await new Promise((done) => setTimeout(done, 30));
      still = box.scrollTop === before ? still + 1 : 0;
    }
    box.scrollTop = 0;
    return [...seen].join('\n');
  });
}

/** Reads a thread back to its beginning. */
async function wholeThread(page: Page, count: number) {
  await expect(async () => {
    await thread(page).evaluate((it) => {
      for (let box: Element | null = it; box; box = box.parentElement) box.scrollTop = -1e9;
    });
    await expect(thread(page).locator('.msg')).toHaveCount(count, { timeout: 500 });
  }).toPass({ timeout: 20_000, intervals: [1] });
}

/** Opens some mails as their senders laid them out, and tells how many. */
async function laidOut(page: Page) {
  const some = await thread(page).evaluate((it) => {
    const folds = [...it.querySelectorAll<HTMLElement>('.fold')];
    const html = folds.filter((fold) => fold.textContent === 'Tampilan asli');
    // Each is a process of its own to the browser.
    const some = html.filter((_, place) => place % 12 === 0);
    some.forEach((fold) => fold.click());
    return some.length;
  });
  const frames = thread(page).locator('iframe[sandbox=""]');
  await expect(frames).toHaveCount(some);
  const addresses = await frames.evaluateAll((all) =>
    all.map((it) => {
      const frame = it as HTMLIFrameElement;
      frame.loading = 'eager';
      return frame.src;
    }),
  );
  for (const frame of page.frames().slice(1)) {
    await expect(frame.locator('body')).toContainText('Isi');
    await expect(frame.locator('script, svg, form, [onerror], [onload], [src^=http]')).toHaveCount(0);
  }
  expect(page.frames()).toHaveLength(addresses.length + 1);
  await unharmed(page);
  return some;
}

test('r1: each of 200 hostile strings, by mail and by Telegram, stays words in every place', async ({
  open,
}) => {
  test.setTimeout(90_000);
  const { sapa, session, telegram } = served as Served;
  const admin = await open({ baseURL: sapa.url, storageState: session });
  for (const data of [
    { kind: 'email', name: 'Surat', address: mailbox },
    { kind: 'telegram', name: 'Telegram', secret: telegram.token },
  ]) {
    expect((await admin.request.post('/api/v1/channels', { data })).status()).toBe(201);
  }
  // Each in a conversation of its own, and all in two more.
  await each(HOSTILE, async (text, n) => {
    await mail(`p${n}@evil.example`, text, text, `p${n}`);
    await mail('semua@evil.example', 'Semua', text, `s${n}`);
    await telegram.customer('say', { from: 3_000_000_000 + n, name: text, text: spoken(text) });
    await telegram.customer('document', {
      from: 4_000_000_000,
      name: 'Semua Telegram',
      base64: base64(text),
      file_name: `${text}.html`,
      media_type: 'text/html',
      text: spoken(text),
    });
  });
  const count = 2 * HOSTILE.length + 2;
  await expect.poll(async () => (await all(admin)).length, { timeout: 20_000 }).toBe(count);
  const rows = await all(admin);
  // What has nothing to hide comes as it was sent.
  const plain = HOSTILE.filter(
    (text) => /^[ -~]+$/.test(text) && text.trim() === text && !text.includes('  '),
  );
  const names = rows.map((row) => row.contact.name);
  expect(plain.filter((text) => names.filter((name) => name === text).length < 2)).toEqual([]);
  expect(names.filter((name) => !/[\p{L}\p{N}\p{P}\p{S}]/u.test(name))).toEqual([]);

  await admin.goto('/inbox/unassigned');
  const list = await wholeList(admin);
  const missing = (texts: string[]) => texts.filter((text) => !list.includes(text));
  expect(missing(names)).toEqual([]);
  // Of a mail its subject stands in the list, of others what they say.
  const said = rows.map((row) => [row.preview, String(row.subject)]);
  expect(said.filter((either) => !either.some((text) => list.includes(text)))).toEqual([]);
  await unharmed(admin);
  await fits(admin);

  let laid = 0;
  for (const is of [
    ({ subject }: Row) => subject === 'Semua',
    ({ contact }: Row) => contact.name === 'Semua Telegram',
  ]) {
    const row = rows.find(is) as Row;
    await admin.goto(`/inbox/open/${row.id}`);
    await wholeThread(admin, HOSTILE.length);
    await expect(thread(admin).locator('a.file')).toHaveCount(HOSTILE.length);
    await showsAll(admin, plain);
    laid += await laidOut(admin);
  }
  expect(laid).toBeGreaterThan(15);
  // A file that is a page is never opened as one.
  const file = await thread(admin).locator('a.file').first().getAttribute('href');
  const answer = await admin.request.get(file ?? '');
  expect(answer.headers()['content-disposition']).toMatch(/^attachment/);
  expect(answer.headers()['x-content-type-options']).toBe('nosniff');

  const [script = ''] = HOSTILE;
  const { contact } = rows.find((row) => row.contact.name === script) as Row;
  await indexed(admin, 'broken');
  for (const path of ['/search?q=broken', '/contacts?q=broken', `/contacts/${contact.id}`]) {
    await admin.goto(path);
    await showsAll(admin, [script]);
  }
  await admin.goto('/inbox/unassigned');
  await expect(admin.getByRole('listitem').first()).toBeVisible();
  await admin.keyboard.press('Control+k');
  await admin.getByRole('combobox', { name: 'Mau melakukan apa?' }).fill('broken');
  await expect(admin.getByRole('option', { name: /broken/ }).first()).toBeVisible();
  await unharmed(admin);
});

test('r1: each of 200 hostile strings, said in a web chat by either side, stays words', async ({
  page,
  desk,
}) => {
  test.setTimeout(60_000);
  const officer = await desk('bayu');
  await openChat(page);
  // Nobody can type what is no letter.
  const texts = LINES.map((text) => text.replaceAll(/(?!\n)\p{Cc}/gu, ''));
  for (const text of texts) {
    await page.getByLabel('Tulis pesan').fill(text);
    await page.keyboard.press('Enter');
  }
  await page.locator('input[type=file]').setInputFiles({
    name: '"><img src=x onerror=window.broken=1>.png',
    mimeType: 'image/png',
    buffer: picture,
  });
  await expect(page.locator('.uploads progress')).toHaveCount(0);
  const last = `akhir ${randomUUID().slice(0, 8)}`;
  await say(page, last);
  const row = await conversation(officer, (one) => one.preview === last);
  for (const text of LINES) {
    const data = { kind: 'reply', text };
    const answer = await officer.request.post(`/api/v1/conversations/${row.id}/messages`, { data });
    expect(answer.status()).toBe(201);
  }
  await expect(page.locator('.in .say')).toHaveCount(LINES.length, { timeout: 15_000 });
  await expect(page.locator('.me .say')).toHaveCount(texts.length + 1);
  await unharmed(page);
  await fits(page);
  await officer.goto(`/inbox/open/${row.id}`);
  await wholeThread(officer, 2 * LINES.length + 1);
  await showsAll(officer, [last, '<svg/onload=window.broken=1>']);
});
