import { defineConfig } from '@playwright/test';

/**
 * Debian's own Chromium; no browser is ever downloaded. One worker and no retries: a scenario that passes
 * only at the second try is a fault to be found.
 */
export default defineConfig({
  testDir: 'specs',
  outputDir: '../../test-results/browser',
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  expect: { timeout: 7_000 },
  reporter: 'list',
  use: {
    launchOptions: { executablePath: '/usr/bin/chromium' },
    viewport: { width: 1440, height: 900 },
    locale: 'id-ID',
    timezoneId: 'Asia/Jakarta',
    screenshot: 'only-on-failure',
    trace: 'off',
    video: 'off',
  },
});
