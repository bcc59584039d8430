/** What the customers wrote, and what was done about it. */
import type * as T from '../../src/api/types';
import { ago, channelRef, db, idOf, officerRef, plainTicket, type Stored, ticketTalk } from './store';

let number = 4800;

export function contactOf(name: string): T.Contact {
  const found = db.contacts.get(idOf(`contact ${name}`));
  if (!found) throw new Error(`no contact ${name}`);
  return found;
}

export function talk(name: string, kind: string, over: Partial<Stored> = {}): Stored {
  const contact = contactOf(name);
  number += 3;
  const made: Stored = {
    id: idOf(`talk ${name} ${number}`),
    number,
    contact: { id: contact.id, name: contact.name },
    contact_id: contact.id,
    channel: channelRef(kind),
    status: 'open',
    subject: null,
    preview: '',
    preview_kind: 'in',
    preview_author: null,
    has_files: false,
    assignee: null,
    team: { id: idOf('team Layanan'), name: 'Layanan' },
    labels: [],
    unread: false,
    waiting_since: null,
    last_message_at: ago(600),
    snoozed_until: null,
    version: 1,
    bot: null,
    handed_over_at: null,
    created_at: ago(6000),
    solved_at: null,
    tickets: [],
    mailing: null,
    last_seq: 4000,
    mentioned: false,
    ...over,
  };
  db.conversations.set(made.id, made);
  return made;
}

export function say(
  conversation: Stored,
  minutes: number,
  direction: 'in' | 'out' | 'note',
  text: string,
  over: Partial<T.Message> = {},
  by?: string,
): T.Message {
  const officer = by ? officerRef(by) : null;
  const at = ago(minutes);
  const message: T.Message = {
    id: idOf(`${conversation.id} ${minutes} ${text.slice(0, 20)}`),
    conversation_id: conversation.id,
    conversation_number: conversation.number,
    direction,
    author:
      direction === 'in'
        ? { kind: 'contact', id: conversation.contact.id, name: conversation.contact.name }
        : officer
          ? { kind: 'officer', ...officer }
          : { kind: 'system', id: null, name: 'Seru, bot' },
    channel: direction === 'note' ? null : conversation.channel,
    at,
    subject: null,
    text,
    quoted: null,
    has_html: false,
    html_url: null,
    original_url: direction === 'in' ? `/api/v1/messages/x/original` : null,
    files: [],
    place: null,
    buttons: [],
    address: null,
    automatic: false,
    also_to: [],
    cc: [],
    bcc: [],
    page: null,
    warnings: [],
    edited_at: null,
    versions: [],
    retracted_at: null,
    mentions: [],
    delivery:
      direction === 'out'
        ? { state: 'delivered', reason: null, next_try_at: null, attempts: 1, undo_until: null, at }
        : null,
    ...over,
  };
  db.messages.set(message.id, message);
  db.timeline.get(conversation.contact_id)?.push({ type: 'message', at, message });
  conversation.preview = text;
  conversation.preview_kind = direction;
  conversation.preview_author = officer?.name ?? null;
  conversation.has_files = message.files.length > 0;
  conversation.last_message_at = at;
  if (message.channel) conversation.channel = message.channel;
  if (direction === 'in') conversation.waiting_since ??= at;
  if (direction === 'out') conversation.waiting_since = null;
  return message;
}

export function happen(
  conversation: Stored,
  minutes: number,
  kind: string,
  actor: string | null,
  data: Record<string, unknown> = {},
  ticket: T.Ticket | null = null,
): void {
  db.seq += 1;
  db.timeline.get(conversation.contact_id)?.push({
    type: 'event',
    at: ago(minutes),
    seq: db.seq,
    kind,
    actor: actor ? { kind: 'officer', ...officerRef(actor) } : { kind: 'system', id: null, name: 'Sapa' },
    conversation_id: conversation.id,
    ticket_id: ticket?.id ?? null,
    data: ticket ? { number: ticket.number, title: ticket.title, remedy: ticket.remedy, ...data } : data,
  });
}

export function file(ticket: Partial<T.Ticket> & { number: string; title: string }, on: Stored): T.Ticket {
  const made: T.Ticket = {
    id: idOf(`ticket ${ticket.number}`),
    kind: 'complaint',
    status: 'open',
    opened_at: on.created_at,
    solved_at: null,
    ...plainTicket,
    owner: officerRef('Dimas'),
    contact: on.contact,
    description: '',
    conversations: [ticketTalk(on)],
    message_id: null,
    version: 1,
    ...ticket,
  };
  db.tickets.set(made.id, made);
  on.tickets.push(made.id);
  return made;
}

export const photo: T.FileRef = {
  id: 'photo',
  name: 'isi-paket.png',
  media_type: 'image/png',
  size: 214_300,
  url: '/api/v1/files/photo',
  preview_url: '/api/v1/files/photo/preview',
  content_id: null,
};
export const invoice: T.FileRef = {
  id: 'invoice',
  name: 'nota-KS-20931.pdf',
  media_type: 'application/pdf',
  size: 48_120,
  url: '/api/v1/files/invoice',
  preview_url: null,
  content_id: null,
};
