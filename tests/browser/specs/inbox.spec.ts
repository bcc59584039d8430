/** The list of conversations: many at once, whose they are, and thousands of them. */
import { connect } from 'node:net';
import { expect, startSapa, test } from '../fixtures';
import { answerBox, conversation, house as address, mailFrom, sendRaw, thread, word } from './helpers';

test('several conversations are picked, labelled and solved at once', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const names = ['Borongan Satu', 'Borongan Dua', 'Borongan Tiga'];
  for (const name of names) await mailFrom(sapa, officer, name);
  await officer.goto('/inbox/unassigned');
  const rows = officer.getByRole('list', { name: 'Percakapan' });
  for (const name of names) {
    const row = rows.getByRole('listitem').filter({ hasText: name });
    await row.hover();
    await row.getByRole('checkbox').check();
  }
  const bar = officer.getByRole('toolbar', { name: 'Percakapan terpilih' });
  await expect(bar).toContainText('3 dipilih');
  await bar.getByRole('button', { name: 'Label' }).click();
  const label = word('panen');
  const menu = officer.getByRole('dialog', { name: 'Label' });
  await menu.getByRole('textbox').or(menu.getByRole('combobox')).first().fill(label);
  await officer.keyboard.press('Enter');
  await menu.getByRole('button', { name: 'Simpan' }).click();
  await expect(officer.getByText('3 percakapan diubah')).toBeVisible();
  for (const name of names) {
    await expect(rows.getByRole('listitem').filter({ hasText: name })).toContainText(label);
  }

  for (const name of names) {
    const row = rows.getByRole('listitem').filter({ hasText: name });
    await row.hover();
    await row.getByRole('checkbox').check();
  }
  await bar.getByRole('button', { name: 'Selesaikan' }).click();
  for (const name of names)
    await expect(rows.getByRole('link', { name: new RegExp(`^${name}`) })).toHaveCount(0);
  const listed = await officer.request.get('/api/v1/conversations', { params: { folder: 'solved', label } });
  expect(((await listed.json()) as { items: unknown[] }).items).toHaveLength(3);
});

test('a label is put on with l, and a team is given a conversation', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Bu Regu');
  const teams = await (await officer.request.get('/api/v1/teams')).json();
  const [team] = (teams as { items: { id: string; name: string }[] }).items;
  await officer.goto(`/inbox/open/${row.id}`);
  await expect(thread(officer)).toContainText('mohon dibantu');
  await officer.keyboard.press('l');
  const label = word('gudang');
  const menu = officer.getByRole('dialog', { name: 'Label' });
  await menu.getByRole('textbox').or(menu.getByRole('combobox')).first().fill(label);
  await officer.keyboard.press('Enter');
  await menu.getByRole('button', { name: 'Simpan' }).click();
  await expect(menu).toBeHidden();
  const listed = officer.getByRole('list', { name: 'Percakapan' });
  await expect(listed.getByRole('listitem').filter({ hasText: 'Bu Regu' })).toContainText(label);

  await officer.keyboard.press('a');
  await officer.getByRole('menuitem', { name: team?.name ?? '' }).click();
  await expect(officer.getByText(`#${row.number} Bu Regu diubah`)).toBeVisible();
  await officer
    .getByRole('navigation', { name: 'Folder' })
    .getByRole('link', { name: new RegExp(`^${team?.name}`) })
    .click();
  await expect(listed.getByRole('link', { name: /^Bu Regu/ })).toBeVisible();
});

test('a colleague who is named in a note finds it under what names him', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Pak Sebut');
  const colleague = await desk('bayu', '/inbox/mentions');
  await officer.goto(`/inbox/open/${row.id}`);
  await expect(thread(officer)).toContainText('mohon dibantu');
  await officer.keyboard.press('n');
  const note = officer.getByRole('textbox', { name: 'Catatan internal' });
  await note.pressSequentially('@bay');
  const people = officer.getByRole('listbox', { name: 'Rekan' });
  await expect(people.getByRole('option').first()).toContainText('Bayu');
  await officer.keyboard.press('Enter');
  await officer.keyboard.type('tolong lihat stoknya');
  await officer.keyboard.press('Control+Enter');
  await expect(thread(officer).locator('.note')).toContainText('@Bayu tolong lihat stoknya');
  await expect(thread(officer).locator('.note .at')).toHaveText('@Bayu');
  await colleague.getByRole('link', { name: /^Pak Sebut/ }).click();
  await expect(thread(colleague).locator('.note')).toContainText('tolong lihat stoknya');
});

test('a customer’s answer reopens what was solved, and the page’s title counts it', async ({
  sapa,
  desk,
}) => {
  const officer = await desk('bayu');
  const from = `${word('lagi')}@surat.example`;
  const subject = word('Belum beres ');
  const id = word('id');
  const mail = (message: string, text: string, more: string[] = []) =>
    sendRaw(
      sapa,
      from,
      [
        `From: Bu Lagi <${from}>`,
        `To: ${address}`,
        `Subject: ${subject}`,
        `Message-ID: <${message}@surat.example>`,
        ...more,
        `Date: ${new Date().toUTCString()}`,
        'Content-Type: text/plain; charset=utf-8',
        '',
        text,
      ].join('\n'),
    );
  await mail(id, 'Kopinya basi.');
  const row = await conversation(officer, (one) => one.subject === subject);
  const me = (await (await officer.request.get('/api/v1/me')).json()) as { id: string };
  const data = { status: 'solved', assignee_id: me.id };
  expect((await officer.request.patch(`/api/v1/conversations/${row.id}`, { data })).ok()).toBe(true);
  await officer.goto('/inbox/mine');
  const rows = officer.getByRole('list', { name: 'Percakapan' });
  await expect(rows.getByRole('listitem').first()).toBeVisible();
  const counted = async () => Number(/^\((\d+)\)/.exec(await officer.title())?.[1] ?? 0);
  const counts = await officer.request.get('/api/v1/inbox/counts');
  const before = ((await counts.json()) as { unread: number }).unread;
  await expect.poll(counted).toBe(before);

  await mail(word('id'), 'Ternyata masih basi.', [`In-Reply-To: <${id}@surat.example>`]);
  await expect(rows.getByRole('link', { name: /^Bu Lagi/ })).toBeVisible();
  await expect.poll(counted).toBe(before + 1);
  await rows.getByRole('link', { name: /^Bu Lagi/ }).click();
  await expect(thread(officer)).toContainText('Ternyata masih basi.');
  await expect(thread(officer).getByText(/membuka lagi/)).toBeVisible();
  await expect(answerBox(officer)).toBeVisible();
  await expect.poll(counted).toBe(before);
});

/** Gives many small mails to the hub in one go, each of somebody else. */
function flood(port: number, to: string, first: number, count: number): Promise<void> {
  const mails = Array.from({ length: count }, (_, at) => {
    const from = `tamu${first + at}@surat.example`;
    const head = `From: Tamu ${first + at} <${from}>\r\nTo: ${to}\r\nSubject: Pesanan ${first + at}\r\nMessage-ID: <banyak-${first + at}@surat.example>`;
    return [`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA', `${head}\r\n\r\nHalo\r\n.`];
  });
  const lines = ['EHLO surat.example', ...mails.flat(), 'QUIT'];
  return new Promise((done, failed) => {
    const line = connect(port, '127.0.0.1');
    let heard = '';
    line.setEncoding('utf8');
    line.once('error', failed);
    line.once('end', () => (lines.length ? failed(new Error(`it hung up: ${heard}`)) : done()));
    line.on('data', (text: string) => {
      heard += text;
      const answer = /^(\d{3}) .*\r\n$/m.exec(heard);
      if (!answer) return;
      if (Number(answer[1]) >= 400) return failed(new Error(heard));
      heard = '';
      const next = lines.shift();
      if (next) line.write(`${next}\r\n`);
    });
  });
}

test('of thousands of conversations few are drawn, and Back returns to the same place', async ({ open }) => {
  test.slow();
  const full = await startSapa('thousands', 'empty', { SAPA__MAIL__FOLDER: 'mail' });
  try {
    const page = await open({ baseURL: full.url });
    const data = { name: 'Ratna', email: 'ratna@toko.example', password: 'satu kalimat yang panjang' };
    expect((await page.request.post('/api/v1/setup', { data })).ok()).toBe(true);
    await page.request.patch('/api/v1/me', { data: { language: 'id' } });
    const box = 'halo@toko.example';
    const channel = { kind: 'email', name: 'Surat', address: box, settings: {} };
    expect((await page.request.post('/api/v1/channels', { data: channel })).status()).toBe(201);
    const each = 250;
    await Promise.all(Array.from({ length: 8 }, (_, at) => flood(full.smtpPort(), box, at * each, each)));
    const count = async () => {
      const counts = await page.request.get('/api/v1/inbox/counts');
      return ((await counts.json()) as { open: number }).open;
    };
    await expect.poll(count, { timeout: 20_000 }).toBe(8 * each);

    await page.goto('/inbox/open');
    const list = page.getByRole('list', { name: 'Percakapan' });
    const drawn = list.getByRole('listitem');
    await expect(drawn.first()).toBeVisible();
    const at = async () => Number(await drawn.first().getAttribute('aria-posinset'));
    await expect(async () => {
      await list.evaluate((it) => it.scrollTo(0, it.scrollHeight));
      expect(await drawn.count()).toBeLessThan(40);
      expect(await at()).toBeGreaterThan(1000);
    }).toPass({ timeout: 20_000, intervals: [50] });

    // Rows that come in before the page has heard of a scrolling do not undo it.
    const rows = async () => Number(await drawn.first().getAttribute('aria-setsize'));
    let release: (() => void) | undefined;
    await page.route('**/api/v1/conversations?*cursor=*', async (route) => {
      await new Promise<void>((done) => (release = done));
      await route.continue();
    });
    await list.evaluate((it) => it.scrollTo(0, it.scrollHeight));
    await expect.poll(() => release !== undefined).toBe(true);
    const loaded = await rows();
    await list.evaluate((it) => {
      window.addEventListener('scroll', (event) => event.stopImmediatePropagation(), true);
      it.scrollTo(0, 600 * 86);
    });
    release?.();
    await expect.poll(rows).toBe(loaded + 50);
    expect(await list.evaluate((it) => it.scrollTop)).toBe(600 * 86);
    await page.unroute('**/api/v1/conversations?*cursor=*');

    await page.reload();
    await expect(async () => {
      await list.evaluate((it) => it.scrollTo(0, it.scrollHeight));
      expect(await rows()).toBeGreaterThan(700);
    }).toPass({ timeout: 20_000, intervals: [50] });
    // Clear of the end, where more rows would come in.
    await list.evaluate((it) => it.scrollTo(0, 600 * 86));
    await expect.poll(at).toBeLessThan(605);
    await expect.poll(at).toBeGreaterThan(580);
    const seen = list.locator('[aria-posinset="606"]');
    const name = (await seen.getByRole('link').getAttribute('aria-label')) ?? '';
    await seen.getByRole('link').click();
    await expect(page.locator('.thread-bar h1')).toHaveText(name.split(':')[0] ?? '');
    await page.getByRole('link', { name: 'Kontak' }).first().click();
    await expect(page).toHaveURL(/\/contacts/);
    await page.goBack();
    await expect(list.getByRole('link', { name, exact: true })).toBeInViewport();
    expect(await drawn.count()).toBeLessThan(40);
  } finally {
    await full.stop();
  }
});
