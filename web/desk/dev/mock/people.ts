/** Officers, teams, channels and the customers of a coffee shop in Bandung. */
import type * as T from '../../src/api/types';
import { ago, db, idOf } from './store';

const everything: T.Permission[] = [
  'conversations:read',
  'conversations:write',
  'contacts:write',
  'contacts:merge',
  'tickets:write',
  'canned:write',
  'quarantine:manage',
  'officers:manage',
  'channels:manage',
  'tokens:manage',
  'webhooks:manage',
  'audit:read',
];

export function seedHouse(): void {
  const people: [string, T.Role][] = [
    ['Dimas Prakoso', 'administrator'],
    ['Ayu Lestari', 'officer'],
    ['Bayu Saputra', 'officer'],
    ['Citra Dewanti', 'supervisor'],
    ['Hendra Setiawan', 'officer'],
  ];
  const teamIds = ['Layanan', 'Gudang', 'Grosir'].map((name) => idOf(`team ${name}`));
  db.officers = people.map(([name, role], at) => ({
    id: idOf(`officer ${name}`),
    name,
    email: `${name.split(' ')[0]?.toLowerCase()}@kopiseruni.example`,
    role,
    language: 'id',
    teams: at === 2 ? [teamIds[1] ?? ''] : [teamIds[0] ?? ''],
    active: at !== 4,
    invited: false,
    created_at: ago(60 * 24 * 90),
    last_seen_at: ago(at * 37 + 1),
  }));
  db.teams = ['Layanan', 'Gudang', 'Grosir'].map((name, at) => ({
    id: teamIds[at] ?? '',
    name,
    members: db.officers.filter((one) => one.teams.includes(teamIds[at] ?? '')).map((one) => one.id),
  }));
  const me = db.officers[0];
  if (!me) return;
  db.me = {
    id: me.id,
    name: me.name,
    email: me.email,
    role: me.role,
    language: process.env.MOCK_LANGUAGE === 'en' ? 'en' : 'id',
    permissions: [...everything],
    teams: me.teams,
    undo_seconds: 5,
    demo: true,
    preferences: {},
    seq: 1,
  };
  if (db.empty) return;
  const health = (state: T.Channel['health']['state'], minutes: number, error: string | null = null) => ({
    state,
    last_message_at: ago(minutes),
    last_good_at: ago(state === 'bad' ? 12 : 0.4),
    error,
    error_at: error ? ago(2) : null,
  });
  db.channels = [
    {
      id: idOf('channel email'),
      kind: 'email',
      name: 'halo@kopiseruni.example',
      address: 'halo@kopiseruni.example',
      enabled: true,
      health: health('bad', 21, 'connection refused by imap.kopiseruni.example:993'),
      settings: { signature: 'Salam hangat, Kopi Seruni' },
    },
    {
      id: idOf('channel telegram'),
      kind: 'telegram',
      name: 'KopiSeruniBot',
      address: '@KopiSeruniBot',
      enabled: true,
      health: health('good', 3),
      settings: {},
    },
    {
      id: idOf('channel webchat'),
      kind: 'webchat',
      name: 'Obrolan web, toko',
      address: 'ks_7Hq2mVxA',
      enabled: true,
      health: health('quiet', 95),
      settings: {
        allowed_origins: ['https://kopiseruni.example'],
        title: 'Kopi Seruni',
        greeting: 'Halo! Ada yang bisa kami bantu?',
        language: 'id',
        accent: '#4a50d2',
        quick_replies: ['Cek pesanan', 'Stok kopi', 'Keluhan'],
      },
    },
  ];
}

interface Person {
  name: string;
  city?: string;
  email?: string;
  telegram?: string;
  web?: boolean;
  phone?: string;
  tags?: string[];
  language?: string;
}

export const persons: Person[] = [
  {
    name: 'Rina Wulandari',
    city: 'Bandung',
    email: 'rina.wulandari@surat.example',
    telegram: '@rinawln',
    web: true,
    phone: '0812-2044-7716',
    tags: ['Gold', 'Langganan'],
  },
  {
    name: 'James Whitfield',
    city: 'Ubud',
    email: 'james@villaampel.example',
    tags: ['Grosir'],
    language: 'en',
  },
  { name: 'Yohanes Tambunan', city: 'Medan', telegram: '@yohanest' },
  { name: 'Dewi Anggraini', city: 'Yogyakarta', telegram: '@dewiangg', email: 'dewi.a@surat.example' },
  { name: 'Warung Sari Rasa', city: 'Denpasar', email: 'made@sarirasa.example', tags: ['Grosir'] },
  { name: 'Pengunjung dari Surabaya', city: 'Surabaya', web: true },
  { name: 'Ni Luh Sukma', city: 'Singaraja', telegram: '@niluhs' },
  { name: 'Anisa Rahmawati', city: 'Depok', email: 'anisa.r@surat.example' },
  { name: 'Bagas Pramudito', city: 'Semarang', web: true, email: 'bagas@surat.example' },
  { name: 'Sarah Lindqvist', city: 'Malmö', email: 'sarah.l@post.example', language: 'en' },
  { name: 'Toko Maju Jaya', city: 'Makassar', telegram: '@majujaya', phone: '0811-900-1177' },
  { name: 'Selvi Amalia', city: 'Bogor', email: 'selvi@toko-bunga.example' },
  { name: 'Gudang Cimahi', city: 'Cimahi', email: 'gudang@kopiseruni.example' },
  { name: 'R. Wulandari', email: 'rina.w@kantor.example', phone: '0812-2044-7716' },
];

export function seedContacts(): void {
  for (const person of persons) {
    const id = idOf(`contact ${person.name}`);
    const identities: T.Identity[] = [];
    const add = (kind: string, value: string, proof: T.Proof | null, shown = value) =>
      identities.push({
        id: idOf(`${person.name} ${kind}`),
        kind,
        value,
        shown,
        proof,
        verified_at: proof ? ago(60 * 24 * 3) : null,
        first_seen_at: ago(60 * 24 * 400),
        last_seen_at: ago(60),
        last_channel_id: null,
      });
    if (person.email) add('email', person.email, 'mail_reply');
    if (person.telegram) add('telegram', person.telegram, person.email ? 'deep_link' : 'channel');
    if (person.web)
      add(
        'webchat',
        `v1.${id.slice(0, 8)}`,
        person.email ? 'shop_signature' : null,
        person.email ? 'Masuk di toko' : 'Peramban tamu',
      );
    if (person.phone) add('phone', person.phone, null);
    db.contacts.set(id, {
      id,
      name: person.name,
      language: person.language ?? 'id',
      city: person.city ?? null,
      timezone:
        person.city === 'Malmö'
          ? 'Europe/Stockholm'
          : person.city === 'Ubud' || person.city === 'Denpasar'
            ? 'Asia/Makassar'
            : 'Asia/Jakarta',
      company: person.tags?.includes('Grosir') ? person.name : null,
      notes: person.name.startsWith('Rina')
        ? 'Selalu pesan Gayo Natural 500 g, giling kasar. Lebih suka dihubungi sore.'
        : '',
      tags: person.tags ?? [],
      fields: {},
      identities,
      consents: [],
      suppressed: [],
      open_tickets: [],
      earlier_tickets: [],
      open_conversations: [],
      conversation_count: 1,
      first_seen_at: ago(60 * 24 * 1200),
      last_seen_at: ago(30),
      merges: [],
      suggestions: [],
      version: 1,
    });
    db.timeline.set(id, []);
  }
}
