/** The day in the shop that the desk opens on. */
import { contactOf, file, happen, invoice, photo, say, talk } from './talks';
import { seedContacts, seedHouse } from './people';
import { ago, channelRef, db, draft, idOf, newId, officerRef } from './store';

function rina(): void {
  const name = 'Rina Wulandari';
  const day = 60 * 24;
  const old = talk(name, 'email', {
    subject: 'Paket kurang satu, KS-19877',
    status: 'solved',
    created_at: ago(day * 60),
    solved_at: ago(day * 58),
    assignee: officerRef('Ayu'),
  });
  happen(old, day * 60, 'conversation.opened', null);
  say(
    old,
    day * 60 - 1,
    'in',
    'Selamat siang, paket KS-19877 isinya kurang satu bungkus. Di nota tertulis dua.',
    { subject: 'Paket kurang satu, KS-19877', address: 'halo@kopiseruni.example' },
  );
  const k871 = file(
    {
      number: 'K-0871',
      title: 'Barang kurang dalam paket',
      status: 'solved',
      outcome: 'Dana dikembalikan Rp 86.000',
      opened_at: ago(day * 60),
      solved_at: ago(day * 58),
    },
    old,
  );
  happen(old, day * 60 - 30, 'ticket.opened', 'Ayu', {}, k871);
  say(
    old,
    day * 59,
    'out',
    'Selamat siang Bu Rina, mohon maaf. Dananya sudah kami kembalikan, Rp 86.000.',
    {},
    'Ayu',
  );
  happen(old, day * 58, 'ticket.solved', 'Ayu', { outcome: 'Dana dikembalikan Rp 86.000' }, k871);
  happen(old, day * 58 - 1, 'conversation.solved', 'Ayu');
  const mid = talk(name, 'telegram', {
    subject: null,
    status: 'solved',
    created_at: ago(day * 26),
    solved_at: ago(day * 24),
    assignee: officerRef('Dimas'),
  });
  happen(mid, day * 26, 'conversation.opened', null);
  say(mid, day * 26 - 1, 'in', 'Mas, kok kurang lagi ya bungkusnya? Ini kedua kali 😞');
  const k987 = file(
    {
      number: 'K-0987',
      title: 'Barang kurang dalam paket',
      status: 'solved',
      outcome: 'Dikirim ulang, ongkos Rp 21.000',
      opened_at: ago(day * 26),
      solved_at: ago(day * 24),
    },
    mid,
  );
  say(
    mid,
    day * 26 - 20,
    'out',
    'Mohon maaf sekali Bu Rina. Yang kurang kami kirim ulang hari ini, tanpa biaya.',
    {},
    'Dimas',
  );
  say(mid, day * 24 + 2, 'in', 'Sudah sampai, terima kasih 🙏');
  happen(mid, day * 24, 'ticket.solved', 'Dimas', { outcome: 'Dikirim ulang, ongkos Rp 21.000' }, k987);
  happen(mid, day * 24 - 1, 'conversation.solved', 'Dimas');
  contactOf(name).open_conversations = [];

  const now = talk(name, 'email', {
    subject: 'Pesanan KS-20931 kurang satu bungkus',
    unread: true,
    assignee: officerRef('Dimas'),
    created_at: ago(day * 2),
    labels: ['barang kurang'],
    mentioned: true,
  });
  happen(now, day * 2 + 1, 'conversation.opened', null);
  say(
    now,
    day * 2,
    'in',
    'Halo Kopi Seruni, paket saya baru sampai pagi ini, tetapi isinya hanya satu bungkus Gayo Natural 500 g. Di nota tertulis dua. Mohon dicek ya.\n\nTerima kasih,\nRina',
    {
      subject: 'Pesanan KS-20931 kurang satu bungkus',
      address: 'halo@kopiseruni.example',
      quoted:
        '> Pada 18 Nov 2026, Kopi Seruni menulis:\n> Terima kasih, pesanan KS-20931 sudah kami terima.\n> 2 × Gayo Natural 500 g, Rp 344.000',
      has_html: true,
      html_url: '/api/v1/messages/rina/html',
      files: [invoice],
    },
  );
  const k1042 = file(
    {
      number: 'K-1042',
      title: 'Barang kurang dalam paket',
      opened_at: ago(day * 2 - 40),
      description: 'Satu dari dua bungkus tidak ada di paket KS-20931.',
    },
    now,
  );
  happen(now, day * 2 - 40, 'ticket.opened', 'Ayu', {}, k1042);
  say(
    now,
    day * 2 - 48,
    'out',
    'Selamat pagi Bu Rina, mohon maaf atas kekurangannya. Boleh kami minta foto isi paket dan label resinya? Ibu boleh membalas lewat kanal mana saja, semuanya sampai di sini.',
    {},
    'Ayu',
  );
  happen(now, 140, 'conversation.assigned', 'Ayu', { officer: 'Dimas Prakoso' });
  happen(now, 96, 'identity.verified', null, { proof: 'deep_link', shown: '@rinawln' });
  happen(now, 95, 'conversation.channel_changed', null, { kind: 'telegram' });
  now.channel = channelRef('telegram');
  say(now, 94, 'in', 'Ini fotonya, Mbak. Segelnya masih utuh, jadi bukan dibuka kurir.', { files: [photo] });
  say(
    now,
    85,
    'note',
    '@Dimas berat di resi 0,62 kg, jadi memang hanya satu bungkus yang dikirim. Gudang Cimahi, shift sore. Stok Gayo masih ada 40.',
    { mentions: [officerRef('Dimas').id] },
    'Bayu',
  );
  now.channel = channelRef('email');
  say(
    now,
    70,
    'out',
    'Bu Rina, fotonya sudah kami terima, terima kasih. Kesalahannya ada di gudang kami.',
    {
      delivery: {
        state: 'failed',
        reason: 'the mailbox is full for rina@surat.example (mx.surat.example said: 452 4.2.2 quota)',
        next_try_at: null,
        attempts: 2,
        undo_until: null,
        at: ago(69),
      },
    },
    'Dimas',
  );
  now.channel = channelRef('webchat');
  happen(now, 23, 'conversation.channel_changed', null, { kind: 'webchat' });
  say(now, 23, 'out', 'Halo Bu Rina! Tentang KS-20931 yang kurang satu? Ibu tidak perlu bercerita ulang.', {
    buttons: [{ label: 'Ya, betul' }, { label: 'Hal lain' }],
  });
  say(now, 22, 'in', 'Iya betul. Saya pindah ke sini ya, email saya penuh. Bungkus kedua dikirim kapan ya?', {
    page: 'kopiseruni.example/pesanan',
  });
  db.drafts.set(
    now.id,
    draft(
      'Halo Bu Rina, bungkus kedua kami kirim sore ini lewat JNE YES, sampai besok siang. Nomor resinya menyusul di sini ya.',
    ),
  );
  const contact = contactOf(name);
  contact.suggestions = [
    {
      id: newId(),
      other: { ...pick('R. Wulandari'), conversation_count: 2 },
      evidence: [
        { kind: 'same_phone', speaks: 'for', detail: '0812-2044-7716' },
        { kind: 'same_name', speaks: 'for', detail: 'R. Wulandari' },
        { kind: 'other_email', speaks: 'against', detail: 'rina.w@kantor.example' },
      ],
      created_at: ago(300),
    },
  ];
  contact.merges = [
    {
      id: newId(),
      name: 'rinawln (Telegram)',
      at: ago(96),
      by: { kind: 'system', id: null, name: 'Sapa' },
      evidence: [{ kind: 'deep_link', speaks: 'for', detail: '@rinawln' }],
    },
  ];
}

function pick(name: string) {
  const { id, identities } = contactOf(name);
  return { id, name, identities };
}

function others(): void {
  const james = talk('James Whitfield', 'email', {
    subject: 'Wholesale prices for our villa in Ubud',
    unread: true,
    assignee: officerRef('Citra'),
    team: { id: idOf('team Grosir'), name: 'Grosir' },
    labels: ['grosir'],
  });
  say(
    james,
    145,
    'in',
    'Hi there,\n\nWe run a small villa in Ubud and would love to serve your Kintamani. Could you send wholesale prices for 10 kg a month?\n\nBest,\nJames',
    {
      subject: 'Wholesale prices for our villa in Ubud',
      address: 'halo@kopiseruni.example',
      cc: ['wayan@villaampel.example'],
      warnings: ['it asks for answers to another address: james@kantor.example'],
    },
  );
  const yohanes = talk('Yohanes Tambunan', 'telegram', { unread: true, assignee: officerRef('Dimas') });
  say(yohanes, 50, 'in', 'Kemasan sobek waktu sampai di Medan', { files: [photo] });
  file({ number: 'K-1043', title: 'Kemasan rusak di jalan', opened_at: ago(48) }, yohanes);
  const dewi = talk('Dewi Anggraini', 'telegram');
  say(dewi, 42, 'in', 'Voucher SERUNI25 kok tidak bisa dipakai?');
  const warung = talk('Warung Sari Rasa', 'email', {
    subject: 'Faktur Oktober',
    assignee: officerRef('Ayu'),
    labels: ['faktur'],
  });
  say(warung, 70, 'in', 'Mohon dikirim faktur pembelian bulan Oktober. Terima kasih.', {
    subject: 'Faktur Oktober',
    address: 'halo@kopiseruni.example',
  });
  db.drafts.set(warung.id, draft('Baik Pak Made, faktur Oktober kami kirim'));
  const visitor = talk('Pengunjung dari Surabaya', 'webchat');
  say(visitor, 26, 'in', 'Bisa digiling untuk V60?', {
    page: 'kopiseruni.example/gayo',
    place: { latitude: -7.2575, longitude: 112.7521, title: 'Surabaya' },
  });
  const sukma = talk('Ni Luh Sukma', 'telegram', { assignee: officerRef('Dimas') });
  say(sukma, 100, 'in', 'Sudah dikirim?');
  say(
    sukma,
    88,
    'out',
    'Sudah kami kirim lewat JNE, resinya 0123-4455.',
    {
      delivery: {
        state: 'read',
        reason: null,
        next_try_at: null,
        attempts: 1,
        undo_until: null,
        at: ago(80),
      },
    },
    'Dimas',
  );
  const anisa = talk('Anisa Rahmawati', 'email', {
    subject: 'Tukar biji kopi, gilingan terlalu halus',
    assignee: officerRef('Ayu'),
  });
  say(anisa, 190, 'in', 'Re: Tukar biji kopi, gilingan terlalu halus. Apakah sudah ada kabar?', {
    subject: 'Re: Tukar biji kopi, gilingan terlalu halus',
    address: 'halo@kopiseruni.example',
    edited_at: ago(180),
    versions: [{ text: 'Re: Tukar biji', at: ago(190) }],
  });
  file(
    {
      number: 'K-1039',
      title: 'Gilingan terlalu halus',
      kind: 'request',
      opened_at: ago(180),
      owner: officerRef('Ayu'),
    },
    anisa,
  );
  const bagas = talk('Bagas Pramudito', 'webchat', { assignee: officerRef('Bayu') });
  say(bagas, 210, 'in', 'Pesanan saya kapan sampai?');
  say(
    bagas,
    205,
    'out',
    'Besok pagi, Mas Bagas.',
    {
      delivery: {
        state: 'retrying',
        reason: 'Telegram cannot be reached: no answer in time',
        next_try_at: ago(-3),
        attempts: 2,
        undo_until: null,
        at: ago(200),
      },
    },
    'Bayu',
  );
  const sarah = talk('Sarah Lindqvist', 'email', {
    subject: 'Do you ship decaf to Malmö?',
    status: 'snoozed',
    snoozed_until: ago(-60 * 20),
    assignee: officerRef('Citra'),
  });
  say(sarah, 60 * 30, 'in', 'Do you ship decaf to Malmö?', {
    subject: 'Do you ship decaf to Malmö?',
    address: 'halo@kopiseruni.example',
  });
  const maju = talk('Toko Maju Jaya', 'telegram', {
    labels: ['grosir'],
    team: { id: idOf('team Grosir'), name: 'Grosir' },
  });
  say(maju, 60 * 49, 'in', 'Stok Toraja masih ada 20 kilo?');
  const selvi = talk('Selvi Amalia', 'email', {
    subject: 'Terima kasih',
    status: 'solved',
    solved_at: ago(600),
    assignee: officerRef('Dimas'),
  });
  say(selvi, 700, 'in', 'Terima kasih banyak, cepat sekali!', {
    subject: 'Terima kasih',
    address: 'halo@kopiseruni.example',
    retracted_at: null,
  });
}

function rest(): void {
  db.canned = [
    [
      'kirim-ulang',
      'Kirim ulang tanpa biaya',
      'Halo {nama}, bungkus yang kurang kami kirim ulang hari ini, tanpa biaya. Mohon maaf atas ketidaknyamanannya.',
    ],
    ['kirim-resi', 'Nomor resi', 'Paket sudah dikirim. Nomor resinya bisa dicek di situs kurir ya, {nama}.'],
    [
      'kirim-tunda',
      'Pengiriman tertunda',
      'Mohon maaf, pengiriman tertunda karena antrean di gudang kami. Kami kabari lagi hari ini.',
    ],
    ['terima-kasih', 'Terima kasih', 'Terima kasih kembali, {nama}. Salam, {petugas}'],
  ].map(([shortcut = '', title = '', text = '']) => ({
    id: newId(),
    shortcut,
    title,
    text,
    team_id: null,
    language: 'id',
  }));
  db.sessions = [
    {
      id: newId(),
      created_at: ago(300),
      last_seen_at: ago(0),
      address: '10.0.0.14',
      agent: 'Firefox 148, Linux',
      current: true,
    },
    {
      id: newId(),
      created_at: ago(9000),
      last_seen_at: ago(1300),
      address: '114.122.8.90',
      agent: 'Chrome 156, Android',
      current: false,
    },
  ];
  db.tokens = [
    {
      id: newId(),
      name: 'Toko daring',
      scopes: ['conversations:write', 'contacts:write'],
      created_at: ago(90000),
      expires_at: null,
      last_used_at: ago(12),
    },
  ];
  db.webhooks = [
    {
      id: newId(),
      url: 'https://erp.kopiseruni.example/sapa',
      events: ['message.received', 'ticket.opened'],
      created_at: ago(9000),
      error: null,
      waiting: 0,
      enabled: true,
    },
  ];
  db.quarantine = [
    {
      id: newId(),
      channel: channelRef('email'),
      at: ago(400),
      reason: 'header section is larger than 256 kB',
      size: 812_000,
      attempts: 1,
      original_url: '/api/v1/messages/x/original',
    },
  ];
  db.audit = ['session.created', 'channel.changed', 'officer.invited', 'contact.merged', 'token.created'].map(
    (action, at) => ({
      id: newId(),
      at: ago(at * 190 + 5),
      actor: { kind: 'officer', ...officerRef(at % 2 ? 'Citra' : 'Dimas') },
      action,
      subject: ['', 'halo@kopiseruni.example', 'Hendra Setiawan', 'Rina Wulandari', 'Toko daring'][at] ?? '',
      address: '10.0.0.14',
    }),
  );
}

export function seed(): void {
  seedHouse();
  if (db.empty) return;
  seedContacts();
  rina();
  others();
  rest();
  db.filler = Number(process.env.MOCK_ROWS ?? 0);
}
