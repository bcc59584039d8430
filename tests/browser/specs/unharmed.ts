/** What hostile words must not do to a page, and whether it shows them as they are (R1). */
import type { Page } from '@playwright/test';
import { expect } from '../fixtures';

/** How many calls are under way at once. */
const AT_ONCE = 8;

/** A phone. */
export const PHONE = { width: 390, height: 844 };

/** Does something with each of a list, some at a time. */
export async function each<T>(list: readonly T[], act: (one: T, place: number) => Promise<void>) {
  const rest = [...list.entries()];
  const work = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) await act(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Nothing ran, and the page has no element that the text told of. */
export async function unharmed(page: Page) {
  expect(await page.evaluate('window.broken')).toBeUndefined();
  const links = await page
    .locator('a[href]')
    .evaluateAll((all) => all.map((it) => (it as HTMLAnchorElement).protocol));
  expect(links.filter((protocol) => !/^(https?|mailto|tel|blob):$/.test(protocol))).toEqual([]);
  await expect(page.locator('[onerror], [onload], [onmouseover], iframe[srcdoc], main script')).toHaveCount(
    0,
  );
}

/** Nothing is cut off at the side, however long the words are. On a phone a table may be moved by itself. */
export async function fits(page: Page) {
  const over = await page.evaluate(() => {
    const tables = innerWidth > 1000 ? document.querySelectorAll('.scroll-x') : [];
    const boxes = [document.documentElement, ...tables];
    return boxes.filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.className || it.tagName);
  });
  expect(over, `too wide: ${page.url()}`).toEqual([]);
}

/** All that a page shows as words, also in its fields. */
export function words(page: Page): Promise<string> {
  return page.evaluate(() => {
    const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea')];
    return [document.body.textContent, ...fields.map((field) => field.value)].join('\n');
  });
}

/** Waits until a page shows each of these just as it is, and is unharmed at every width. */
export async function showsAll(page: Page, texts: readonly string[]) {
  await expect(async () => {
    const more = page.locator('main button:not([aria-haspopup])').getByText('Lainnya', { exact: true });
    const shown = await words(page);
    const missing = texts.filter((text) => !shown.includes(text));
    if (missing.length && (await more.isVisible())) await more.click();
    expect(missing, page.url()).toEqual([]);
  }).toPass({ timeout: 10_000, intervals: [50] });
  await unharmed(page);
  await fits(page);
  const wide = page.viewportSize();
  await page.setViewportSize(PHONE);
  await fits(page);
  await unharmed(page);
  if (wide) await page.setViewportSize(wide);
}
