/** Takes the pictures of the README and of the guide's story, in English, as an officer and a customer see it. */
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { tell } from './story';

/** Where they go. */
const folder = process.env.PICTURES ?? '../../docs/pictures';

/** Everybody's password in the demonstration. */
const password = 'sapa-demo-2026';

const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** Opens a page of its own, which the picture is taken of. */
async function open(browser: Browser, url: string, look: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({
    ...look,
    baseURL: url,
    locale: 'en-GB',
    timezoneId: 'Asia/Jakarta',
    reducedMotion: 'reduce',
  });
  return context.newPage();
}

interface Row {
  id: string;
  draft: string | null;
  contact: { name: string };
}

/** Opens the desk at Rina's conversation, with Dimas's answer begun. */
async function openDesk(browser: Browser, url: string, look: BrowserContextOptions) {
  const page = await open(browser, url, look);
  const call = page.request;
  const signedIn = await call.post('/api/v1/session', {
    data: { email: 'dimas@kopiseruni.example', password },
  });
  expect(signedIn.ok()).toBe(true);
  await call.patch('/api/v1/me', { data: { language: 'en' } });
  const list = (await (await call.get('/api/v1/conversations?folder=mine')).json()) as { items: Row[] };
  const rina = list.items.find((one) => one.contact.name === 'Rina Wulandari');
  if (!rina) throw new Error('Rina is not there');
  await page.goto(`/inbox/mine/${rina.id}`);
  await expect(page.getByText('Bungkus kedua dikirim kapan ya?').last()).toBeVisible();
  await settle(page);
  return { page, rina };
}

/** Waits until pictures and typefaces are there and nothing is fetched any more. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(700);
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled', caret: 'hide' });
  await page.context().close();
}

test('the desk by day', async ({ browser, sapa }) => {
  const { page } = await openDesk(browser, sapa.url, { ...wide, colorScheme: 'light' });
  await take(page, 'desk');
});

test('the desk by night', async ({ browser, sapa }) => {
  const { page } = await openDesk(browser, sapa.url, { ...wide, colorScheme: 'dark' });
  await take(page, 'desk-dark');
});

test('the desk on a phone', async ({ browser, sapa }) => {
  const { page } = await openDesk(browser, sapa.url, { ...phone, colorScheme: 'light' });
  await take(page, 'phone');
});

test('the chat in a shop', async ({ browser, sapa }) => {
  // An officer is there, and has just answered.
  const desk = await openDesk(browser, sapa.url, wide);
  const answer = { kind: 'reply', text: desk.rina.draft };
  const sent = await desk.page.request.post(`/api/v1/conversations/${desk.rina.id}/messages`, {
    data: answer,
  });
  expect(sent.status()).toBe(201);

  const page = await open(browser, sapa.url, { ...wide, colorScheme: 'light' });
  await page.goto('/demo?lang=en');
  await page.getByRole('button', { name: 'Sign in as Rina Wulandari' }).click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await page.evaluate(() => (window as unknown as { SapaChat: { open(): void } }).SapaChat.open());
  await expect(page.getByText('Nomor resinya menyusul')).toBeVisible();
  await settle(page);
  await take(page, 'widget');
  await desk.page.context().close();
});

test('the story of Budi', async ({ house, open }) => {
  test.slow();
  await tell({
    house,
    open: () => open({ ...wide, locale: 'en-GB' }),
    look: async (page, name) => {
      await page.setViewportSize(wide.viewport);
      await settle(page);
      await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled', caret: 'hide' });
    },
  });
});
