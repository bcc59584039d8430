import { expect, test } from '../fixtures';

test('the first page bears the name of Sapa', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveTitle(/Sapa/);
});
