import { defineConfig } from '@playwright/test';
import scenarios from './playwright.config';

/** The pictures of the README, taken from the demonstration: `script/pictures`. */
export default defineConfig(scenarios, {
  testDir: '.',
  testMatch: 'pictures.ts',
  outputDir: '../../test-results/pictures',
});
