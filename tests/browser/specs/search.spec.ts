/** Customers and tickets are found by what one knows of them. */
import { expect, test } from '../fixtures';
import { indexed, mailFrom, word } from './helpers';

test('i2: a customer is found by a part of the name, the address and the phone number', async ({
  sapa,
  desk,
}) => {
  const officer = await desk('citra');
  const name = word('Wiratmadja');
  const row = await mailFrom(sapa, officer, `Laksmi ${name}`);
  const phone = `+6281${String(Date.now()).slice(-9)}`;
  const added = await officer.request.post(`/api/v1/contacts/${row.contact.id}/identities`, {
    data: { kind: 'phone', value: phone },
  });
  expect(added.ok()).toBe(true);
  await indexed(officer, name);
  const contact = await officer.request.get(`/api/v1/contacts/${row.contact.id}`);
  const { identities } = (await contact.json()) as { identities: { kind: string; value: string }[] };
  const address = identities.find(({ kind }) => kind === 'email')?.value ?? '';

  await officer.goto('/search');
  const box = officer.getByRole('main').getByRole('searchbox', { name: 'Cari' });
  for (const known of [name, address, phone.slice(3)]) {
    await box.fill(known);
    const found = officer.getByRole('main').getByRole('link', { name: new RegExp(name) });
    await expect(found.first(), known).toBeVisible();
  }
  await officer
    .getByRole('main')
    .getByRole('link', { name: new RegExp(name) })
    .first()
    .click();
  await expect(officer).toHaveURL(new RegExp(row.contact.id));
  await officer.goto('/contacts');
  await officer
    .getByRole('searchbox')
    .or(officer.getByPlaceholder('Nama, alamat, atau nomor'))
    .first()
    .fill(name);
  await expect(officer.getByRole('main').getByText(name).first()).toBeVisible();
});

test('i2: a ticket is found by its number and by its title', async ({ sapa, desk }) => {
  const officer = await desk('citra');
  const row = await mailFrom(sapa, officer, 'Pemilik Tiket');
  const title = word('Segel robek ');
  const made = await officer.request.post('/api/v1/tickets', {
    data: { conversation_id: row.id, kind: 'complaint', title },
  });
  expect(made.status()).toBe(201);
  const { number } = (await made.json()) as { number: string };
  await indexed(officer, title);
  await officer.goto('/search');
  const box = officer.getByRole('main').getByRole('searchbox', { name: 'Cari' });
  const hit = officer.getByRole('main').getByRole('link', { name: new RegExp(number) });
  for (const known of [title, number]) {
    await box.fill(known);
    await expect(hit.first(), known).toContainText(title);
  }
  await hit.first().click();
  await expect(officer.getByRole('heading', { name: title })).toBeVisible();
});

test('the name of a shop does not find each of its visitors', async ({ desk }) => {
  const officer = await desk('citra');
  const found = async (q: string) => {
    const answer = await officer.request.get('/api/v1/search', { params: { q, type: 'contacts' } });
    return ((await answer.json()) as { contacts: { name: string }[] }).contacts.map(({ name }) => name);
  };
  expect(await found('kopi-seruni-demo')).toEqual([]);
  expect(await found('Masuk di situs')).toEqual([]);
  expect(await found('rina')).toContain('Rina Wulandari');
});
