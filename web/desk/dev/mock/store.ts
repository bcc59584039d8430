/** The mock hub's memory, and the few helpers that everything in it uses. */
import { createHash, randomUUID } from 'node:crypto';
import type * as T from '../../src/api/types';

export const now = (): string => new Date().toISOString();
export const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
export const newId = randomUUID;
/** The same id for the same name at each start, so that links stay good. */
export function idOf(name: string): string {
  const hex = createHash('sha1').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export interface Stored extends Omit<T.ConversationRow, 'draft' | 'ticket'> {
  contact_id: string;
  created_at: string;
  solved_at: string | null;
  tickets: string[];
  last_seq: number;
  mentioned: boolean;
}

export const db = {
  seq: 5000,
  empty: process.env.MOCK_EMPTY === '1',
  setup: process.env.MOCK_SETUP === '1',
  signedIn: process.env.MOCK_SIGNED_OUT !== '1',
  me: null as unknown as T.Me,
  officers: [] as T.Officer[],
  teams: [] as T.Team[],
  channels: [] as T.Channel[],
  contacts: new Map<string, T.Contact>(),
  conversations: new Map<string, Stored>(),
  messages: new Map<string, T.Message>(),
  timeline: new Map<string, T.TimelineItem[]>(),
  tickets: new Map<string, T.Ticket>(),
  drafts: new Map<string, T.Draft>(),
  files: new Map<string, { ref: T.FileRef; bytes: Buffer }>(),
  canned: [] as T.Canned[],
  sessions: [] as T.Session[],
  tokens: [] as T.ApiToken[],
  webhooks: [] as T.Webhook[],
  quarantine: [] as T.QuarantineEntry[],
  audit: [] as T.AuditEntry[],
  filler: 0,
};

export const officerRef = (name: string): T.OfficerRef => {
  const found = db.officers.find((one) => one.name.startsWith(name));
  if (!found) throw new Error(`no officer ${name}`);
  return { id: found.id, name: found.name };
};
export const channelRef = (kind: string): T.ChannelRef => {
  const found = db.channels.find((one) => one.kind === kind);
  if (!found) throw new Error(`no channel ${kind}`);
  return { id: found.id, kind: found.kind, name: found.name };
};

export function draft(text: string): T.Draft {
  return { kind: 'reply', text, channel_id: null, subject: null, cc: [], bcc: [], files: [], buttons: [] };
}

export function draftOf(id: string): string | null {
  return db.drafts.get(id)?.text.slice(0, 80) || null;
}

export function rowOf(one: Stored): T.ConversationRow {
  const open = one.tickets.map((id) => db.tickets.get(id)).filter((ticket) => ticket?.status === 'open');
  const first = open[0];
  const {
    contact_id: _c,
    created_at: _a,
    solved_at: _s,
    tickets: _t,
    last_seq: _l,
    mentioned: _m,
    ...row
  } = one;
  return {
    ...row,
    draft: draftOf(one.id),
    ticket: first
      ? { id: first.id, number: first.number, title: first.title, count_open: open.length }
      : null,
  };
}

export function ticketRef(ticket: T.Ticket): T.TicketRef {
  const { conversations: _v, version: _n, message_id: _m, ...ref } = ticket;
  return ref;
}

export function ticketTalk(one: Stored): T.Ticket['conversations'][number] {
  return {
    id: one.id,
    number: one.number,
    subject: one.subject,
    channel_kind: one.channel.kind,
    status: one.status,
    preview: one.preview,
    last_message_at: one.last_message_at,
  };
}
