/** Rows without end, to see that the list stays smooth. */
import type { ConversationRow } from '../../src/api/types';
import { ago, channelRef, idOf } from './store';

const given = [
  'Agus',
  'Siti',
  'Budi',
  'Wati',
  'Eko',
  'Lina',
  'Putu',
  'Made',
  'Joko',
  'Ratna',
  'Fajar',
  'Indah',
];
const family = ['Santoso', 'Nugroho', 'Siregar', 'Halim', 'Kusuma', 'Hidayat', 'Ginting', 'Permata'];
const lines = [
  'Apakah kopi Toraja masih ada?',
  'Resi saya belum bisa dilacak',
  'Mau tukar gilingan, bisa?',
  'Minta faktur pajak ya',
  'Paket sudah sampai, terima kasih',
];
const kinds = ['email', 'telegram', 'webchat'];

export function fillerRow(at: number): ConversationRow {
  const name = `${given[at % given.length]} ${family[(at >> 3) % family.length]}`;
  return {
    id: idOf(`filler ${at}`),
    number: 100_000 - at,
    contact: { id: idOf(`filler contact ${at}`), name },
    channel: channelRef(kinds[at % 3] ?? 'email'),
    status: 'open',
    subject: null,
    preview: lines[at % lines.length] ?? '',
    preview_kind: 'in',
    preview_author: null,
    has_files: false,
    assignee: null,
    team: null,
    labels: [],
    unread: at % 7 === 0,
    waiting_since: at % 2 ? ago(60 * 50 + at) : null,
    last_message_at: ago(60 * 50 + at),
    snoozed_until: null,
    draft: null,
    bot: null,
    handed_over_at: null,
    ticket: null,
    mailing: null,
    version: 1,
  };
}
