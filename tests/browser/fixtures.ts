/** What every scenario starts with: `import { expect, test } from '../fixtures'`. */
import {
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  request,
  test as base,
} from '@playwright/test';
import { type Sapa, startSapa, startTelegram, type Telegram } from './server';

export { expect } from '@playwright/test';
export { startSapa, type Sapa } from './server';

/** Everybody's password in the demonstration. */
export const password = 'sapa-demo-2026';

/** An officer of the demonstration, by the first part of the address. */
export type Who = 'dimas' | 'ayu' | 'bayu' | 'citra' | 'wayan';

export const addressOf = (who: Who) => `${who}@kopiseruni.example`;

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

/** An empty house of one administrator. It sends at once, and may call this machine. */
export interface House {
  sapa: Sapa;
  /** What its bots speak with. */
  telegram: Telegram;
  /** Opens a page of its administrator. */
  admin: (path: string) => Promise<Page>;
}

/** A house, with the session of its administrator. */
export type Served = Omit<House, 'admin'> & { session: Session };

/** Starts a house. Its log is kept under its name. */
export async function startHouse(name = 'house'): Promise<Served & { stop: () => Promise<void> }> {
  const telegram = await startTelegram();
  const sapa = await startSapa(name, 'empty', {
    SAPA__TELEGRAM__API_URL: telegram.url,
    SAPA__DELIVERY__UNDO_SECONDS: '0',
    SAPA__OUTBOUND__ALLOW: '127.0.0.1',
    SAPA__MAIL__FOLDER: 'mail',
  });
  const call = await request.newContext({ baseURL: sapa.url });
  const first = { name: 'Ratna Sari', email: 'ratna@toko.example', password };
  base.expect((await call.post('/api/v1/setup', { data: first })).ok()).toBe(true);
  await call.patch('/api/v1/me', { data: { language: 'id' } });
  const session = await call.storageState();
  await call.dispose();
  const stop = async () => {
    await sapa.stop();
    await telegram.stop();
  };
  return { telegram, sapa, session, stop };
}

interface Each {
  /** What scenarios need that would change too much in the demonstration, or need other settings. */
  house: House;
  /** Set it by `test.use({ hostile: true })` where the security policy is to stop something. */
  hostile: boolean;
  /** What a browser did that it must not. */
  faults: string[];
  /** Fails a scenario in which a script broke, or a page asked a stranger for something. Always on. */
  quiet: void;
  /** Opens a browser of somebody else, watched and closed like the scenario's own. */
  open: (options?: BrowserContextOptions) => Promise<Page>;
  /** Opens a browser in which an officer is signed in, at a page of the desk. */
  desk: (who: Who, path?: string, options?: BrowserContextOptions) => Promise<Page>;
}

interface Once {
  /** The Sapa that the scenarios of a run share. One that needs its own takes `startSapa()`. */
  sapa: Sapa;
  served: Served;
  /** One session an officer: signing in is slow, on purpose, and seldom what a scenario is about. */
  sessionOf: (who: Who) => Promise<Session>;
}

/** Notes what a browser must not do. */
async function watch(context: BrowserContext, faults: string[], hostile: boolean): Promise<void> {
  context.on('weberror', (fault) => faults.push(`script error: ${fault.error().stack}`));
  context.on('dialog', (dialog) => {
    faults.push(`a page said: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('console', (line) => {
    if (!hostile && line.text().includes('Content Security Policy')) faults.push(line.text());
  });
  // Other machines than this one; the shop that embeds the chat is served from here too.
  await context.route(
    (url) => /^(https?|wss?):$/.test(url.protocol) && !['127.0.0.1', 'localhost'].includes(url.hostname),
    (route) => {
      faults.push(`asked a stranger: ${route.request().url()}`);
      return route.abort();
    },
  );
}

export const test = base.extend<Each, Once>({
  sapa: [
    // Playwright reads what a fixture needs from its first argument, also when that is nothing.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const sapa = await startSapa();
      await use(sapa);
      await sapa.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  served: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const served = await startHouse();
      await use(served);
      await served.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  house: async ({ served, open }, use) => {
    const admin = async (path: string) => {
      const page = await open({ baseURL: served.sapa.url, storageState: served.session });
      await page.goto(path);
      return page;
    };
    await use({ ...served, admin });
  },

  sessionOf: [
    async ({ sapa }, use) => {
      const sessions = new Map<Who, Promise<Session>>();
      const signIn = async (who: Who) => {
        const call = await request.newContext({ baseURL: sapa.url });
        const answer = await call.post('/api/v1/session', { data: { email: addressOf(who), password } });
        base.expect(answer.ok()).toBe(true);
        // The scenarios read what the desk says in Indonesian.
        await call.patch('/api/v1/me', { data: { language: 'id' } });
        const session = await call.storageState();
        await call.dispose();
        return session;
      };
      await use((who) => {
        const session = sessions.get(who) ?? signIn(who);
        sessions.set(who, session);
        return session;
      });
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ sapa }, use) => {
    await use(sapa.url);
  },

  hostile: [false, { option: true }],

  // eslint-disable-next-line no-empty-pattern
  faults: async ({}, use) => {
    await use([]);
  },

  quiet: [
    async ({ context, hostile, faults }, use) => {
      await watch(context, faults, hostile);
      await use();
      base.expect(faults).toEqual([]);
    },
    { auto: true },
  ],

  open: async ({ browser, hostile, faults }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      await watch(context, faults, hostile);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  desk: async ({ open, sessionOf }, use) => {
    await use(async (who, path = '/', options = {}) => {
      const page = await open({ ...options, storageState: await sessionOf(who) });
      await page.goto(path);
      return page;
    });
  },
});
