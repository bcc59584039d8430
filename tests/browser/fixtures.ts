/** What every scenario starts with: `import { expect, test } from '../fixtures'`. */
import { test as base } from '@playwright/test';
import { type Sapa, startSapa } from './server';

export { expect } from '@playwright/test';
export { startSapa, type Sapa } from './server';

interface Each {
  /** Set it by `test.use({ hostile: true })` where the security policy is to stop something. */
  hostile: boolean;
  /** Fails a scenario in which a script broke, or a page asked a stranger for something. Always on. */
  quiet: void;
}

interface Once {
  /** The Sapa that the scenarios of a run share. One that needs its own takes `startSapa()`. */
  sapa: Sapa;
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

  baseURL: async ({ sapa }, use) => {
    await use(sapa.url);
  },

  hostile: [false, { option: true }],

  quiet: [
    async ({ context, hostile }, use) => {
      const faults: string[] = [];
      context.on('weberror', (fault) => faults.push(`script error: ${fault.error().stack}`));
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
      await use();
      base.expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});
