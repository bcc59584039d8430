/** Contacts, tickets, search. */
import type * as T from '../../src/api/types';
import { need, Refusal } from './inbox';
import { emit } from './live';
import { db, newId, now, plainTicket, rowOf, ticketRef, ticketTalk } from './store';

export function contact(id: string): T.Contact {
  const found = db.contacts.get(id);
  if (!found) throw new Refusal(404, 'not_found');
  const tickets = [...db.tickets.values()].filter((one) => one.contact.id === id).map(ticketRef);
  tickets.sort((a, b) => b.opened_at.localeCompare(a.opened_at));
  const talks = [...db.conversations.values()].filter((one) => one.contact_id === id);
  return {
    ...found,
    open_tickets: tickets.filter((one) => one.status === 'open'),
    earlier_tickets: tickets.filter((one) => one.status === 'solved'),
    open_conversations: talks.filter((one) => one.status === 'open').map(rowOf),
    conversation_count: talks.length,
  };
}

export function changed(id: string): T.Contact {
  emit('contact.changed', { contact_id: id });
  return contact(id);
}

function contactRow(one: T.Contact): T.ContactRow {
  const { id, name, city, company, first_seen_at } = one;
  return { id, name, city, company, first_seen_at, addresses: one.identities.map((known) => known.shown) };
}

export function contacts(query: URLSearchParams): T.Page<T.ContactRow> {
  const q = (query.get('q') ?? '').toLowerCase();
  const items = [...db.contacts.values()]
    .filter(
      (one) =>
        !q || one.name.toLowerCase().includes(q) || one.identities.some((known) => known.value.includes(q)),
    )
    .map(contactRow);
  return { items, next: null };
}

export function timeline(id: string, query: URLSearchParams): T.Page<T.TimelineItem> {
  const all = [...(db.timeline.get(id) ?? [])].sort((a, b) => a.at.localeCompare(b.at));
  const limit = Number(query.get('limit') ?? 50);
  const end = Number(query.get('cursor') ?? all.length);
  const start = Math.max(0, end - limit);
  return { items: all.slice(start, end), next: start > 0 ? String(start) : null };
}

export function tickets(query: URLSearchParams): T.Page<T.Ticket> {
  const items = [...db.tickets.values()]
    .filter((one) => !query.get('status') || one.status === query.get('status'))
    .filter((one) => !query.get('kind') || one.kind === query.get('kind'))
    .filter((one) => !query.get('owner') || one.owner?.id === query.get('owner'))
    .filter(
      (one) => !query.get('q') || one.title.toLowerCase().includes((query.get('q') ?? '').toLowerCase()),
    );
  items.sort((a, b) => b.opened_at.localeCompare(a.opened_at));
  return { items, next: null };
}

export function ticket(id: string): T.Ticket {
  const found = db.tickets.get(id);
  if (!found) throw new Refusal(404, 'not_found');
  return found;
}

export function openTicket(body: {
  conversation_id: string;
  kind: T.TicketKind;
  title: string;
  description?: string;
}): T.Ticket {
  const one = need(body.conversation_id);
  if (!body.title.trim()) throw new Refusal(422, 'invalid', { fields: { title: 'required' } });
  const made: T.Ticket = {
    id: newId(),
    number: `K-${1043 + db.tickets.size}`,
    title: body.title,
    kind: body.kind,
    status: 'open',
    opened_at: now(),
    solved_at: null,
    ...plainTicket,
    owner: { id: db.me.id, name: db.me.name },
    contact: one.contact,
    description: body.description ?? '',
    conversations: [ticketTalk(one)],
    message_id: null,
    version: 1,
  };
  db.tickets.set(made.id, made);
  one.tickets.push(made.id);
  note(made, 'ticket.opened');
  return made;
}

export function note(made: T.Ticket, kind: string, data: Record<string, unknown> = {}): void {
  made.version += 1;
  const first = made.conversations[0]?.id ?? null;
  const seq = emit(kind, { ticket_id: made.id, contact_id: made.contact.id, conversation_id: first });
  if (kind === 'ticket.changed') return;
  db.timeline.get(made.contact.id)?.push({
    type: 'event',
    at: now(),
    seq,
    kind,
    actor: { kind: 'officer', id: db.me.id, name: db.me.name },
    conversation_id: first,
    ticket_id: made.id,
    data: { number: made.number, title: made.title, remedy: made.remedy, ...data },
  });
}

export function search(q: string): T.SearchResult {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = (text: string) => words.some((word) => text.toLowerCase().includes(word));
  const mark = (text: string) =>
    words.reduce(
      (sum, word) => sum.replace(new RegExp(word.replace(/\W/g, '.'), 'gi'), '\u0002$&\u0003'),
      text,
    );
  return {
    contacts: [...db.contacts.values()]
      .filter((one) => hits(one.name))
      .slice(0, 8)
      .map((one) => ({ ...contactRow(one), hit: mark(one.name) })),
    messages: [...db.messages.values()]
      .filter((one) => hits(one.text))
      .slice(0, 20)
      .map((one) => ({
        message_id: one.id,
        author: one.author.name,
        direction: one.direction,
        conversation_id: one.conversation_id,
        number: one.conversation_number,
        contact: need(one.conversation_id).contact,
        at: one.at,
        hit: mark(one.text.slice(0, 160)),
      })),
    tickets: [...db.tickets.values()]
      .filter((one) => hits(one.title + one.number))
      .slice(0, 10)
      .map((one) => ({ ...ticketRef(one), contact: one.contact, hit: mark(one.title) })),
  };
}

/** The causes that every hub begins with. */
export const causes: T.Cause[] = ['Our mistake', 'Carrier or supplier'].map((name) => ({
  id: newId(),
  parent_id: null,
  name,
  archived: false,
}));

export function ticketCounts(): T.TicketCounts {
  const open = [...db.tickets.values()].filter((one) => one.status === 'open');
  return {
    open: open.length,
    mine: open.filter((one) => one.owner?.id === db.me.id).length,
    unowned: open.filter((one) => !one.owner).length,
    overdue: 0,
    due_soon: 0,
    recurrent: 0,
  };
}

export function ticketTimeline(id: string): T.Page<T.TimelineItem> {
  const one = ticket(id);
  const ours = new Set(one.conversations.map((talk) => talk.id));
  const items = (db.timeline.get(one.contact.id) ?? []).filter((item) =>
    item.type === 'message'
      ? ours.has(item.message.conversation_id)
      : item.type === 'event' && item.ticket_id === id,
  );
  return { items, next: null };
}
