/** The pages for programs, and what each kind of answer says that it is. */
import { expect, test } from '../fixtures';

test('the reference page shows the API, and loads nothing from anybody else', async ({ page, sapa }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.goto('/api');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText('/conversations/{id}/messages').first()).toBeVisible();
  await page.waitForFunction(() => document.fonts.status === 'loaded');
  expect([...new Set(asked)]).toEqual([sapa.url]);
});

test('r34: every answer says what it is, and that it is nothing else', async ({ page, sapa, desk }) => {
  const officer = await desk('dimas', '/favicon.svg');
  const kinds: [string, RegExp, number][] = [
    ['/', /^text\/html/, 200],
    ['/inbox/mine', /^text\/html/, 200],
    ['/api', /^text\/html/, 200],
    ['/demo', /^text\/html/, 200],
    ['/favicon.svg', /^image\/svg\+xml/, 200],
    ['/widget.js', /^(text|application)\/javascript/, 200],
    ['/widget-panel.js', /^(text|application)\/javascript/, 200],
    ['/mail.css', /^text\/css/, 200],
    ['/api/v1/openapi.json', /^application\/json/, 200],
    ['/healthz', /^text\/plain/, 200],
    ['/readyz', /^text\/plain/, 200],
    ['/api/v1/me', /^application\/json/, 200],
    ['/api/v1/nothing', /^application\/problem\+json/, 404],
    ['/api/v1/conversations?limit=x', /^application\/problem\+json/, 422],
    ['/chat/files/nothing', /^application\/problem\+json/, 404],
  ];
  for (const [path, type, status] of kinds) {
    const answer = await officer.request.get(sapa.url + path);
    const headers = answer.headers();
    expect.soft(headers['content-type'], path).toMatch(type);
    expect.soft(headers['x-content-type-options'], path).toBe('nosniff');
    expect.soft(answer.status(), path).toBe(status);
  }
  const stranger = await page.request.get('/api/v1/me');
  expect(stranger.status()).toBe(401);
  expect(stranger.headers()['content-type']).toMatch(/^application\/problem\+json/);
});
