/** R1: what officers and programs write is words, wherever the desk shows it. */
import { type Served, expect, startHouse, test } from '../fixtures';
import { HOSTILE, LINES } from '../hostile';
import { house as mailbox, mailFrom, thread } from './helpers';
import { each, fits, showsAll, unharmed } from './unharmed';

/** What the hub keeps of a thing, as it answers. */
type Kept = Record<string, unknown> & { id: string };

/** Where the strings are written, as what, and which texts the desk then shows at which place. */
interface Sink {
  path: string;
  body: (text: string, place: number) => object;
  shown?: (kept: Kept) => unknown[];
  at: string;
  /** What it is given, where that is not each string by itself. */
  texts?: readonly string[];
}

/** Forty of all families, for what there may be fifty of. */
const SOME = HOSTILE.filter((text) => text.trim() && text.length <= 60 && !/[\n\r\t\0]/.test(text)).filter(
  (_, place) => place % 3 === 0,
);

const named = ({ name }: Kept) => [name];
const email = (place: number) => `p${place}@toko.example`;

/** Everything that can be named, below a conversation and a mailbox. */
const sinks = (conversation: string, channel: string): Sink[] => [
  {
    path: '/officers',
    body: (name, n) => ({ name, email: email(n), role: 'officer' }),
    shown: ({ officer }) => named(officer as Kept),
    at: '/settings/officers',
  },
  { path: '/teams', body: (name) => ({ name }), at: '/settings/teams' },
  {
    path: '/canned',
    body: (text, n) => ({ shortcut: `s${n}`, title: text.slice(0, 100), text }),
    shown: ({ title }) => [title],
    at: '/settings/canned',
  },
  { path: '/contacts', body: (name) => ({ name }), at: '/contacts' },
  {
    path: '/tickets',
    body: (text) => ({ conversation_id: conversation, kind: 'complaint', title: text, description: text }),
    shown: ({ title }) => [title],
    at: '/tickets',
  },
  { path: '/ticket-categories', body: (name) => ({ name }), at: '/settings/categories' },
  { path: '/ticket-causes', body: (name) => ({ name }), at: '/settings/causes' },
  {
    path: '/templates',
    // What looks like a placeholder must be one that there is: that is asked of the templates' own tests.
    body: (name, n) => {
      const plain = name.replaceAll(/[{}\r\n\0]/g, '');
      return {
        name: `${name.slice(0, 90)} ${n}`,
        kind: 'email',
        subject: plain,
        text: `${plain} {{unsubscribe_url}}`,
      };
    },
    at: '/mailings/templates',
  },
  { path: '/segments', body: (name) => ({ name, condition: { type: 'all', of: [] } }), at: '/segments' },
  {
    path: '/bots',
    body: (name) => ({ name, url: 'http://127.0.0.1:9/x' }),
    at: '/settings/bots',
    texts: SOME,
  },
  { path: '/tokens', body: (name) => ({ name, scopes: ['conversations:read'] }), at: '/settings/tokens' },
  {
    path: '/channels',
    body: (name, n) => ({ kind: 'email', name, address: email(n), settings: { signature: name } }),
    at: '/settings/channels',
  },
  { path: '/mailings', body: (name) => ({ name, channel_id: channel }), at: '/mailings' },
  {
    path: '/webhooks',
    body: (text) => ({ url: `http://127.0.0.1:9/${text}`, events: ['message.received'] }),
    shown: ({ url }) => [url],
    at: '/settings/webhooks',
    texts: SOME,
  },
  {
    path: `/conversations/${conversation}/messages`,
    body: (text) => ({ kind: 'note', text }),
    shown: ({ text }) => String(text).split(/\n+/),
    at: `/inbox/open/${conversation}`,
    texts: LINES,
  },
];

/** Calls the API; nothing if it refuses. */
async function ask({ sapa, session }: Served, method: string, path: string, data: unknown) {
  const [cookie] = session.cookies;
  const headers = {
    Cookie: `${cookie?.name}=${cookie?.value}`,
    Origin: sapa.url,
    'Content-Type': 'application/json',
  };
  const answer = await fetch(`${sapa.url}/api/v1${path}`, { method, headers, body: JSON.stringify(data) });
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : {}) as Kept;
  // What is refused is told which of its fields is wrong, and nothing is ever a fault of the hub.
  const what = `${method} ${path} ${JSON.stringify(data)}: ${answer.status} ${text}`;
  expect([409, 422], what).toContain(answer.status);
  const { fields = {} } = JSON.parse(text) as { fields?: object };
  expect(answer.status === 409 || Object.keys(fields).length > 0, what).toBe(true);
  return null;
}

let served: (Served & { stop: () => Promise<void> }) | undefined;

test.beforeAll(async () => {
  served = await startHouse('hostile');
});

test.afterAll(() => served?.stop());

test('r1: each of 200 hostile strings, in everything that can be named, stays words', async ({ open }) => {
  test.setTimeout(90_000);
  expect(HOSTILE.length).toBeGreaterThanOrEqual(200);
  const { sapa, session } = served as Served;
  const admin = await open({ baseURL: sapa.url, storageState: session });
  const call = (method: string, path: string, data: unknown) => ask(served as Served, method, path, data);
  const made = async (method: string, path: string, data: unknown) => {
    const kept = await call(method, path, data);
    expect(kept, path).not.toBeNull();
    return kept as Kept;
  };

  const box = await made('POST', '/channels', {
    kind: 'email',
    name: 'Surat',
    address: mailbox,
    settings: {},
  });
  const row = await mailFrom(sapa, admin, 'Rina');
  const places = new Map<string, Set<string>>();
  const is = (at: string, texts: unknown[]) => {
    const all = places.get(at) ?? new Set();
    texts.map((text) => String(text ?? '').trim()).forEach((text) => all.add(text));
    places.set(at, all);
  };
  for (const { path, body, shown = named, at, texts = HOSTILE } of sinks(row.id, box.id)) {
    let taken = 0;
    await each(texts, async (text, place) => {
      const kept = await call('POST', path, body(text, place));
      taken += Number(kept !== null);
      is(at, kept ? shown(kept) : []);
    });
    // Names have a length, and are one line.
    expect(taken, `${path} takes most of them`).toBeGreaterThan(texts.length * 0.6);
  }

  // What a contact, a conversation and a ticket say of themselves.
  const short = SOME.filter((text) => text.length <= 40);
  const [city = '', company = '', ...tags] = short;
  const about = `/contacts/${row.contact.id}`;
  const notes = HOSTILE.join('\n').slice(0, 5_000);
  is(about, [city, company, ...tags, row.contact.name]);
  await made('PATCH', about, { city, company, tags, notes });
  const labels = tags.slice(0, 10);
  await made('PATCH', `/conversations/${row.id}`, { labels });
  is(`/inbox/open/${row.id}`, labels);
  const [title = '', description = '', remedy = '', cause = ''] = SOME.slice(-4);
  const ticket = await made('POST', '/tickets', {
    conversation_id: row.id,
    kind: 'complaint',
    title,
    description: `${description}\n${HOSTILE.slice(0, 50).join('\n')}`,
  });
  const { id: cause_id } = await made('POST', '/ticket-causes', { name: `x${cause}`.slice(0, 60) });
  await made('POST', `/tickets/${ticket.id}/solve`, { cause_id, remedy });
  is(`/tickets/${ticket.id}`, [title, description, remedy, ...HOSTILE.slice(0, 20)]);
  const condition = {
    type: 'any',
    of: [{ type: 'profile', field: 'city', op: 'one_of', values: short.slice(0, 20) }],
  };
  const segment = await made('POST', '/segments', { name: 'Segmen semua', condition });
  is(`/segments/${segment.id}`, short.slice(0, 20));

  for (const [path, texts] of places) {
    await admin.goto(path);
    await showsAll(admin, [...texts]);
  }
  // What opens over a conversation: whom it can be given to, and its labels.
  await admin.goto(`/inbox/open/${row.id}`);
  await expect(thread(admin).locator('.note, .msg').first()).toBeVisible();
  for (const [keys, role] of [
    ['a', 'menu'],
    ['l', 'dialog'],
  ] as const) {
    await admin.keyboard.press(keys);
    await expect(admin.getByRole(role).last()).toContainText('window.broken=1');
    await unharmed(admin);
    await fits(admin);
    await admin.keyboard.press('Escape');
  }
});
