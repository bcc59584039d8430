/** Webhooks, as who keeps them sees them. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../fixtures';

interface Told {
  headers: IncomingHttpHeaders;
  body: string;
}

test('a webhook is added, tried, and its log tells what was answered', async ({ house }) => {
  const told: Told[] = [];
  let status = 204;
  const receiver = createServer((asked, answer) => {
    let body = '';
    asked.on('data', (piece: Buffer) => (body += piece.toString()));
    asked.on('end', () => {
      told.push({ headers: asked.headers, body });
      answer.writeHead(status).end();
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/kait`;
  try {
    const admin = await house.admin('/settings/webhooks');
    await expect(admin.getByText('Belum ada webhook')).toBeVisible();
    await admin.getByRole('button', { name: 'Webhook baru' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Webhook baru' });
    const save = dialog.getByRole('button', { name: 'Simpan' });
    await dialog.getByLabel('Alamat').fill('http://10.1.2.3/kait');
    await save.click();
    await expect(
      dialog.getByText('Ini mengarah ke alamat dalam, yang tidak dipanggil server.'),
    ).toBeVisible();
    await dialog.getByLabel('Alamat').fill(url);
    await save.click();
    const once = admin.getByRole('dialog', { name: 'Rahasia tanda tangan' });
    const secret = await once.locator('code').innerText();
    await once.locator('.dialog-foot').getByRole('button', { name: 'Tutup' }).click();

    const row = admin.getByRole('row', { name: new RegExp(url) });
    const choose = async (what: string) => {
      await row.getByRole('button', { name: 'Lainnya' }).click();
      await admin.getByRole('menuitem', { name: what }).click();
    };
    const log = admin.getByRole('dialog', { name: 'Yang dikirim' });
    await choose('Kirim percobaan');
    await expect.poll(() => told.length).toBe(1);
    await expect(log.locator('.chip.green')).toHaveText('204');
    await log.getByRole('button', { name: 'Tutup' }).click();
    const [{ headers, body } = { headers: {}, body: '' }] = told;
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const signature = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
    expect(headers['webhook-signature']).toBe(signature);

    status = 500;
    await choose('Kirim percobaan');
    await expect.poll(() => told.length).toBe(2);
    await log.getByRole('button', { name: 'Tutup' }).click();
    await choose('Yang dikirim');
    await expect(log.locator('.chip.red')).toHaveText('500');
    await expect(log.locator('.chip.green')).toHaveText('204');
  } finally {
    receiver.close();
  }
});
