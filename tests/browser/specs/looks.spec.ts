/** How the pages look: nothing sticks out, nothing is untranslated, everything has a name. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import axe from 'axe-core';
import { expect, test } from '../fixtures';
import { conversationOf } from './helpers';

const pictures = join(import.meta.dirname, '../../../test-results/looks');

const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Each language, light and width, each with each other once. */
const looks = [
  { name: 'light-wide-id', language: 'id', colorScheme: 'light', ...wide },
  { name: 'dark-wide-en', language: 'en', colorScheme: 'dark', ...wide },
  { name: 'dark-phone-id', language: 'id', colorScheme: 'dark', ...phone },
  { name: 'light-phone-en', language: 'en', colorScheme: 'light', ...phone },
] as const;

const settings = [
  'profile',
  'notices',
  'keys',
  'sessions',
  'canned',
  'channels',
  'officers',
  'teams',
  'roles',
  'tokens',
  'webhooks',
  'audit',
  'quarantine',
  'mail-folder',
  'bots',
];

/** What is wrong with a page, in words. Reaches into the chat too. */
function faultsOf(language: string | null): string[] {
  const faults: string[] = [];
  const { documentElement: root } = document;
  if (root.scrollWidth > innerWidth) faults.push(`${root.scrollWidth - innerWidth} pixels too wide`);
  if (language && root.lang !== language) faults.push(`it says that it speaks ${root.lang}`);
  if (!/\S · Sapa$|^Sapa$|Kopi Seruni|Nusa/.test(document.title))
    faults.push(`its title is ${document.title}`);
  if (/\b(undefined|NaN|\[object |Invalid Date)/.test(document.body.innerText))
    faults.push('undefined is shown');
  // What no word was found for is shown by its key; what was not filled in, with its braces.
  const key =
    /^(act|agreed|audit|channels|composer|cond|consent|customer|delivery|dur|empty|error|event|folder|import|keys|kind|later|list|live|mailing|message|nav|officers|profile|reason|role|saw|segments|sessions|settings|status|story|suppress|tab|template|thread|ticket|to|tokens|tree|warning|webhooks)\.[a-z_.]+$/;
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const text = node.textContent?.trim() ?? '';
    if (key.test(text)) faults.push(`no words for ${text}`);
    if (/^\{\w+\}$/.test(text)) faults.push(`not filled in: ${text}`);
  }
  const all = (within: Document | ShadowRoot): Element[] =>
    [...within.querySelectorAll('*')].flatMap((it) => [it, ...(it.shadowRoot ? all(it.shadowRoot) : [])]);
  const ids = new Set<string>();
  for (const it of all(document)) {
    if (it.id && it.getRootNode() === document && ids.has(it.id)) faults.push(`twice the id ${it.id}`);
    ids.add(it.id);
    if (!it.checkVisibility() || it.closest('[aria-hidden="true"]')) continue;
    const said = () =>
      [
        it.getAttribute('aria-label'),
        ...(it.getAttribute('aria-labelledby') ?? '')
          .split(' ')
          .map((id) => document.getElementById(id)?.textContent),
        it.textContent,
        it.getAttribute('title'),
        ...[...it.querySelectorAll('[aria-label], [alt]')].map(
          (one) => one.getAttribute('aria-label') ?? one.getAttribute('alt'),
        ),
        ...[...((it as HTMLInputElement).labels ?? [])].map((label) => label.textContent),
      ].some((text) => text?.trim());
    const named =
      /^(BUTTON|A|INPUT|TEXTAREA|SELECT|IFRAME)$/.test(it.tagName) &&
      (it as HTMLInputElement).type !== 'hidden';
    if (named && !said()) faults.push(`no name: ${it.outerHTML.slice(0, 120)}`);
    if (it.tagName === 'IMG' && !it.hasAttribute('alt'))
      faults.push(`no words for a picture: ${it.outerHTML.slice(0, 120)}`);
  }
  return faults;
}

type Axe = typeof axe;

/** What keeps a page from people who see, hear or move otherwise: WCAG 2.2, levels A and AA. */
async function barriersOf(page: Page): Promise<string[]> {
  // It is set off inside the page, past the security policy, as a browser's own tools are.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes
        // Initials are an avatar's picture; the name they stand for is said.
        .filter(({ html }) => id !== 'label-content-name-mismatch' || !html.includes('class="av '))
        .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
  });
}

/** Waits until nothing more comes, and looks. */
async function look(page: Page, name: string, language: string | null) {
  await expect(page.locator('.skel, .skeleton').first()).toBeHidden();
  await page.waitForFunction(() => document.fonts.status === 'loaded');
  expect.soft(await page.evaluate(faultsOf, language), name).toEqual([]);
  expect.soft(await barriersOf(page), name).toEqual([]);
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

test.beforeAll(() => {
  mkdirSync(pictures, { recursive: true });
});

for (const [turn, { name, language, ...options }] of looks.entries()) {
  test(`every page of the desk is whole: ${name}`, async ({ desk, sapa }) => {
    test.slow();
    const page = await desk('wayan', '/favicon.svg', { ...options, reducedMotion: 'reduce' });
    const errors: string[] = [];
    page.on('console', (line) => line.type() === 'error' && errors.push(`${page.url()}: ${line.text()}`));
    await page.request.patch('/api/v1/me', { data: { language } });
    try {
      const rina = await conversationOf(page, 'Rina Wulandari');
      const found = await page.request.get('/api/v1/tickets?status=open&limit=1');
      const [ticket] = ((await found.json()) as { items: { id: string }[] }).items;
      const sent = await page.request.get('/api/v1/mailings');
      const { items } = (await sent.json()) as { items: { id: string; state: string }[] };
      const [mailing, draft] = ['done', 'draft'].map((state) => items.find((one) => one.state === state));
      const first = async (path: string) =>
        ((await (await page.request.get(path)).json()) as { items: { id: string }[] }).items[0];
      const segment = await first('/api/v1/segments');
      const imported = await first('/api/v1/imports');
      const pages: [string, string, string][] = [
        ['inbox', '/inbox/open', '.conv'],
        ['inbox-bots', '/inbox/bot', '.conv'],
        ['empty', '/inbox/mentions', '.mid, .conv'],
        ['thread', `/inbox/open/${rina.id}`, '.msg'],
        ['tickets', '/tickets', 'tbody tr'],
        ['ticket', `/tickets/${ticket?.id}`, '.sect table'],
        ['contacts', '/contacts', 'main li, main tr'],
        ['contact', `/contacts/${rina.contact.id}`, 'main .block'],
        ['mailings', '/mailings', 'tbody tr'],
        ['mailing', `/mailings/${mailing?.id}`, '.cells'],
        ['mailing-recipients', `/mailings/${mailing?.id}?tab=recipients`, 'tbody tr'],
        ['mailing-draft', `/mailings/${draft?.id}`, '.figure-big'],
        ['templates', '/mailings/templates', 'tbody tr'],
        ['template', '/mailings/templates/new?starter=offer-id', '.framed'],
        ['search', '/search?q=kopi', '.hits'],
        ['segments', '/segments', 'tbody tr'],
        ['segment', `/segments/${segment?.id}`, '.tree .n'],
        ['segment-new', '/segments/new', '.tree'],
        ['suppressions', '/suppressions', 'tbody tr'],
        ['imports', '/contacts/import', 'tbody tr'],
        ['import', `/contacts/import/${imported?.id}`, '.cells'],
        // Each part of the settings once wide and once on a phone.
        ...settings
          .filter((_, place) => (place + turn) % 2 === (turn < 2 ? 0 : 1))
          .map((part): [string, string, string] => [`settings-${part}`, `/settings/${part}`, '.part-head']),
      ];
      for (const [place, path, there] of pages) {
        await page.goto(sapa.url + path);
        await expect(page.locator(there).first(), path).toBeVisible();
        await look(page, `${place}-${name}`, language);
      }
    } finally {
      // The other scenarios read what the desk says in Indonesian.
      await page.request.patch('/api/v1/me', { data: { language: 'id' } });
    }
    expect(errors).toEqual([]);
  });

  test(`the pages before the desk and the shop are whole: ${name}`, async ({ open }) => {
    const page = await open({
      ...options,
      locale: language === 'id' ? 'id-ID' : 'en-GB',
      reducedMotion: 'reduce',
    });
    for (const [place, path] of [
      ['sign-in', '/sign-in'],
      ['invitation', '/invitation#none'],
    ] as const) {
      await page.goto(path);
      await expect(page.locator('.auth-card')).toBeVisible();
      await look(page, `${place}-${name}`, null);
    }
    for (const path of ['/demo', '/demo/telco']) {
      await page.goto(`${path}?lang=${language}`);
      await page.locator('.launcher').click();
      await expect(page.locator('.panel textarea')).toBeVisible();
      await look(page, `shop${path.replaceAll('/', '-')}-${name}`, language);
    }
  });
}
