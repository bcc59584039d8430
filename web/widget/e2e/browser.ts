/** A real browser with the shop's page in it, and a hub in memory behind it. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

import { FakeHub } from '../dev/fake-hub';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Shop {
  hub: FakeHub;
  base: string;
  context: BrowserContext;
  page: Page;
  /** What the browser complained of: scripts that failed, policies that were broken. */
  complaints: string[];
  visit(path?: string): Promise<Page>;
  close(): Promise<void>;
}

export async function openShop(options: BrowserContextOptions = {}): Promise<Shop> {
  const hub = new FakeHub();
  const base = await hub.listen();
  const profile = mkdtempSync(join(tmpdir(), 'sapa-widget-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ARGS,
    viewport: { width: 1440, height: 900 },
    locale: 'id-ID',
    reducedMotion: 'reduce',
    ...options,
  });
  const complaints: string[] = [];
  const watch = (page: Page) => {
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      const lost = /WebSocket|ERR_CONNECTION|ERR_INTERNET|ERR_EMPTY|Failed to load resource|Fetch API/.test(
        message.text(),
      );
      if (message.type() === 'error' && !lost) complaints.push(message.text());
    });
  };
  context.on('page', watch);
  const page = context.pages()[0] ?? (await context.newPage());
  watch(page);
  return {
    hub,
    base,
    context,
    page,
    complaints,
    async visit(path = '/demo') {
      const tab = page.url() === 'about:blank' ? page : await context.newPage();
      await tab.goto(base + path);
      return tab;
    },
    async close() {
      await context.close();
      hub.close();
    },
  };
}

export async function until(what: () => boolean, within = 10_000): Promise<void> {
  const end = Date.now() + within;
  while (!what()) {
    if (Date.now() > end) throw new Error(`it did not happen within ${within} ms: ${what.toString()}`);
    await new Promise((tick) => setTimeout(tick, 20));
  }
}
