/** Mail: in by SMTP, read without harm, answered, and read again in the folder of what would have gone out. */
import { readFileSync } from 'node:fs';
import { expect, test } from '../fixtures';
import { answerBox, conversation, house, mailFrom, sendMail, sendRaw, thread, word } from './helpers';
import { unharmed } from './unharmed';

const HTML = `<html><head><title>t</title><style>@import url(https://evil.example/a.css); p { background: url(https://evil.example/b.png) }</style>
<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/c"></head>
<body onload="alert(1)" background="https://evil.example/d.png">
<script>alert(document.domain); fetch('https://evil.example/e')</script>
<p style="background:url(https://evil.example/f.png);color:red">Isi surat yang terbaca</p>
<img src="https://evil.example/g.png" onerror="alert(2)"><img src="x" onerror="alert(3)">
<svg onload="alert(4)"><image href="https://evil.example/h.png"/></svg>
<iframe src="https://evil.example/i"></iframe><object data="https://evil.example/j"></object>
<form action="https://evil.example/k"><input name="password" autofocus onfocus="alert(5)"><button>Kirim</button></form>
<a href="javascript:alert(6)">jangan</a><video src="https://evil.example/l" autoplay></video>
<link rel="stylesheet" href="https://evil.example/m.css"><math><mtext><style><img src=x onerror=alert(7)></style></mtext></math>
</body></html>`;

test('r1: a hostile mail is shown in a frame where nothing runs and nothing is fetched', async ({
  sapa,
  desk,
}) => {
  const officer = await desk('bayu', '/inbox/unassigned');
  const subject = word('Undian ');
  const mark = word('tanda');
  await sendRaw(
    sapa,
    'jahat@evil.example',
    [
      'From: Panitia <jahat@evil.example>',
      `To: ${house}`,
      `Subject: ${subject}`,
      `Message-ID: <${mark}@evil.example>`,
      `X-Mark: ${mark}`,
      `Date: ${new Date().toUTCString()}`,
      'MIME-Version: 1.0',
      'Content-Type: text/html; charset=utf-8',
      '',
      HTML,
    ].join('\n'),
  );
  await officer.getByRole('list', { name: 'Percakapan' }).getByText(subject).waitFor();
  const { id } = await conversation(officer, (row) => row.subject === subject);
  await officer.goto(`/inbox/open/${id}`);
  const message = thread(officer).locator('.msg').last();
  await expect(message).toContainText('Isi surat yang terbaca');

  await message.getByRole('button', { name: 'Tampilan asli' }).click();
  const layout = message.locator('iframe');
  await expect(layout).toHaveAttribute('sandbox', '');
  const inside = message.frameLocator('iframe').locator('body');
  await expect(inside).toContainText('Isi surat yang terbaca');
  await expect(inside.locator('script, iframe, object, form, input, video, link, svg')).toHaveCount(0);
  const url = new URL((await layout.getAttribute('src')) ?? '', sapa.url);
  const answer = await officer.request.get(url.href);
  expect(answer.headers()['content-security-policy']).toContain("default-src 'none'");
  expect(answer.headers()['content-security-policy']).toContain('sandbox');
  const page = await answer.text();
  expect(page).not.toMatch(
    /\s(src|href|background|action|data|srcset)\s*=\s*["']?https?:|url\(|javascript:/i,
  );
  expect(page).not.toMatch(/\son\w+\s*=|<script|<meta http-equiv|evil\.example\/[a-f]\b/i);

  await message.hover();
  await message.getByRole('button', { name: 'Lainnya tentang pesan ini' }).click();
  const download = officer.waitForEvent('download');
  await officer.getByRole('menuitem', { name: 'Unduh aslinya' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/\.eml$/);
  const original = readFileSync(await saved.path(), 'utf8');
  expect(original).toContain(`X-Mark: ${mark}`);
  expect(original).toContain("fetch('https://evil.example/e')");
});

test('mail_31 r1: an answer by mail can be read in the folder of what would have gone out', async ({
  sapa,
  desk,
}) => {
  test.slow();
  const officer = await desk('bayu');
  const subject = `${word('Jam buka ')} <img src=x onerror=window.broken=1>`;
  await sendMail(sapa, { name: 'Sinta Maharani', subject, text: 'Kapan toko buka hari Minggu?' });
  const row = await conversation(officer, (one) => one.subject === subject);
  await officer.goto(`/inbox/open/${row.id}`);
  const answer = word('Hari Minggu kami buka <b onclick=window.broken=1>pukul sembilan</b>. ');
  await answerBox(officer).fill(answer);
  await officer.keyboard.press('Control+Enter');
  await expect(thread(officer).locator('.msg.out')).toContainText(answer);
  await expect(answerBox(officer)).toHaveValue('');

  await officer.goto('/settings/mail-folder');
  const mail = officer.getByRole('button', { name: subject });
  // It is held for a while, to be taken back.
  await expect(mail).toBeVisible({ timeout: 25_000 });
  await mail.click();
  const shown = officer.getByRole('dialog');
  await expect(shown).toContainText(answer);
  await expect(shown).toContainText(`Re: ${subject}`);
  await unharmed(officer);
  await shown.getByText('Mentah').click();
  await expect(shown.locator('pre')).toContainText(/^In-Reply-To: /m);

  await officer.goto(`/inbox/open/${row.id}`);
  await expect(
    thread(officer)
      .locator('.msg.out')
      .getByText(/^Terkirim/),
  ).toBeVisible();
});

test('a customer’s answer to our mail comes into the same conversation', async ({ sapa, desk }) => {
  const officer = await desk('bayu');
  const from = `${word('putra')}@surat.example`;
  const first = word('Satu ');
  const mail = (id: string, text: string, more: string[] = []) =>
    sendRaw(
      sapa,
      from,
      [
        `From: Putra <${from}>`,
        `To: ${house}`,
        `Subject: ${more.length ? 'Re: ' : ''}${first}`,
        `Message-ID: <${id}@surat.example>`,
        ...more,
        `Date: ${new Date().toUTCString()}`,
        'Content-Type: text/plain; charset=utf-8',
        '',
        text,
      ].join('\n'),
    );
  const id = word('id');
  await mail(id, 'Pertama');
  const row = await conversation(officer, (one) => one.subject === first);
  await officer.goto(`/inbox/open/${row.id}`);
  await expect(thread(officer)).toContainText('Pertama');
  await mail(word('id'), 'Kedua, masih soal yang sama', [`In-Reply-To: <${id}@surat.example>`]);
  await expect(thread(officer)).toContainText('Kedua, masih soal yang sama');
  const contact = await officer.request.get(`/api/v1/contacts/${row.contact.id}`);
  expect(await contact.json()).toMatchObject({ conversation_count: 1 });
});

test('mail_13: what was quoted is folded, and what is odd about a sender is said', async ({ sapa, desk }) => {
  const officer = await desk('bayu');
  const subject = word('Balasan ');
  await sendRaw(
    sapa,
    'tari@surat.example',
    [
      'From: "Bank Kita <cs@bank.example>" <tari@surat.example>',
      `To: ${house}`,
      'Reply-To: lain@surat.example',
      `Subject: ${subject}`,
      `Message-ID: <${word('kutip')}@surat.example>`,
      `Date: ${new Date().toUTCString()}`,
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Baik, saya tunggu.',
      '',
      'Pada Sen, 2 Nov 2026 pukul 09.00 Kopi Seruni <halo@kopiseruni.example> menulis:',
      '> Kopinya dikirim besok.',
      '> Salam, Dimas',
    ].join('\n'),
  );
  const { id } = await conversation(officer, (row) => row.subject === subject);
  await officer.goto(`/inbox/open/${id}`);
  const letter = thread(officer).locator('.msg').last();
  await expect(letter).toContainText('Baik, saya tunggu.');
  await expect(letter).not.toContainText('Kopinya dikirim besok.');
  await letter.getByRole('button', { name: 'Teks kutipan' }).click();
  await expect(letter.locator('blockquote')).toContainText('Kopinya dikirim besok.');
  await letter.getByRole('button', { name: 'Sembunyikan kutipan' }).click();
  await expect(letter.locator('blockquote')).toHaveCount(0);
  await expect(letter.locator('.warning')).toHaveText([
    'Namanya menampilkan alamat lain (cs@bank.example), bukan alamat pengirim (tari@surat.example).',
    'Surat ini meminta balasan ke alamat lain: lain@surat.example.',
  ]);
});

test('an answer that is to go later waits for its time', async ({ sapa, desk }) => {
  const officer = await desk('bayu');
  const row = await mailFrom(sapa, officer, 'Pak Besok');
  await officer.goto(`/inbox/open/${row.id}`);
  const text = word('Selamat pagi ');
  await answerBox(officer).fill(text);
  await officer.getByRole('button', { name: 'Cara kirim lainnya' }).click();
  await officer.getByRole('menuitem', { name: /^Besok pagi/ }).click();
  const ours = thread(officer).locator('.msg.out', { hasText: text });
  await expect(ours.getByText(/^Dikirim .+ 9\.00$/)).toBeVisible();
  await expect(answerBox(officer)).toHaveValue('');
  await officer.reload();
  await expect(ours.getByText(/^Dikirim .+ 9\.00$/)).toBeVisible();
});
