/** Lists, counts, conversations, messages, drafts. */
import type * as T from '../../src/api/types';
import { customerTyping, emit } from './live';
import { fillerRow } from './filler';
import { ago, channelRef, db, draft, idOf, newId, now, rowOf, type Stored, ticketRef } from './store';

export class Refusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  constructor(status: number, code: string, more: Record<string, unknown> = {}) {
    super(code);
    this.status = status;
    this.body = {
      type: `urn:sapa:${code}`,
      title: code,
      status,
      code,
      request_id: newId().slice(0, 9),
      ...more,
    };
  }
}

export function need(id: string): Stored {
  const found = db.conversations.get(id);
  if (!found) throw new Refusal(404, 'not_found');
  return found;
}

const inFolder: Record<string, (one: Stored) => boolean> = {
  mine: (one) => one.status === 'open' && one.assignee?.id === db.me.id,
  unassigned: (one) => one.status === 'open' && !one.assignee && !one.bot,
  bot: (one) => one.status === 'open' && one.bot !== null,
  open: (one) => one.status === 'open',
  mentions: (one) => one.mentioned,
  waiting: (one) => one.status === 'open' && one.waiting_since !== null,
  snoozed: (one) => one.status === 'snoozed',
  solved: (one) => one.status === 'solved',
  all: () => true,
};

export function list(query: URLSearchParams): T.Page<T.ConversationRow> {
  const folder = inFolder[query.get('folder') ?? 'open'] ?? (() => true);
  const sort = query.get('folder') === 'waiting' ? 'waiting' : (query.get('sort') ?? 'newest');
  const rows = [...db.conversations.values()]
    .filter(folder)
    .filter((one) => !query.get('team') || one.team?.id === query.get('team'))
    .filter((one) => !query.get('channel') || one.channel.id === query.get('channel'))
    .filter((one) => !query.get('label') || one.labels.includes(query.get('label') ?? ''));
  const key = (one: Stored) => (sort === 'waiting' ? (one.waiting_since ?? '9') : one.last_message_at);
  rows.sort((a, b) => (sort === 'newest' ? key(b).localeCompare(key(a)) : key(a).localeCompare(key(b))));
  const limit = Number(query.get('limit') ?? 50);
  const from = Number(query.get('cursor') ?? 0);
  const fill = ['open', 'all', 'unassigned'].includes(query.get('folder') ?? '') ? db.filler : 0;
  const total = rows.length + fill;
  const items: T.ConversationRow[] = [];
  for (let at = from; at < Math.min(total, from + limit); at += 1) {
    const row = rows[at];
    items.push(row ? rowOf(row) : fillerRow(at - rows.length));
  }
  return { items, next: from + limit < total ? String(from + limit) : null };
}

export function counts(): T.Counts {
  const all = [...db.conversations.values()];
  const count = (folder: string) => all.filter(inFolder[folder] ?? (() => false)).length;
  const open = all.filter((one) => one.status === 'open');
  return {
    mine: count('mine'),
    unassigned: count('unassigned') + db.filler,
    bot: count('bot'),
    has_bots: false,
    open: count('open') + db.filler,
    mentions: count('mentions'),
    waiting: count('waiting'),
    snoozed: count('snoozed'),
    unsure: 0,
    teams: db.teams.map(({ id, name }) => ({
      id,
      name,
      open: open.filter((one) => one.team?.id === id).length,
    })),
    channels: db.channels.map(({ id, kind, name }) => ({
      id,
      kind,
      name,
      open: open.filter((one) => one.channel.id === id).length,
    })),
    unread: open.filter((one) => one.unread && one.assignee?.id === db.me.id).length,
    officers_online: 4,
  };
}

export function conversation(id: string): T.Conversation {
  const one = need(id);
  const contact = db.contacts.get(one.contact_id);
  const reply = db.channels
    .map((channel) => ({
      channel,
      identity: contact?.identities.find((known) => known.kind === channel.kind),
    }))
    .filter((pair) => pair.identity)
    .sort(
      (a, b) => Number(b.channel.kind === one.channel.kind) - Number(a.channel.kind === one.channel.kind),
    );
  return {
    ...rowOf(one),
    created_at: one.created_at,
    solved_at: one.solved_at,
    reply_channels: reply.flatMap(({ channel, identity }) =>
      identity
        ? [
            {
              channel: { id: channel.id, kind: channel.kind, name: channel.name },
              identity,
              reachable: true,
              why_not: null,
              max_text: channel.kind === 'telegram' ? 4096 : channel.kind === 'webchat' ? 8000 : 500_000,
              max_file: channel.kind === 'webchat' ? 10_485_760 : 26_214_400,
              letters: channel.kind === 'email',
              buttons: channel.kind !== 'email',
              retract: channel.kind !== 'email',
            },
          ]
        : [],
    ),
    tickets: one.tickets.flatMap((ticket) => {
      const found = db.tickets.get(ticket);
      return found ? [ticketRef(found)] : [];
    }),
    offers: [],
    related: [],
    channel_bot: null,
    last_seq: db.seq,
  };
}

export function change(id: string, what: T.ConversationChange): T.Conversation {
  const one = need(id);
  one.version += 1;
  const item = (kind: string, data: Record<string, unknown> = {}) => {
    const seq = emit(kind, { conversation_id: id, contact_id: one.contact_id });
    db.timeline.get(one.contact_id)?.push({
      type: 'event',
      at: now(),
      seq,
      kind,
      actor: { kind: 'officer', id: db.me.id, name: db.me.name },
      conversation_id: id,
      ticket_id: null,
      data,
    });
  };
  if (what.labels) one.labels = what.labels;
  if (what.subject !== undefined) one.subject = what.subject;
  if (what.team_id !== undefined) {
    const team = db.teams.find((known) => known.id === what.team_id);
    one.team = team ? { id: team.id, name: team.name } : null;
  }
  if (what.assignee_id !== undefined) {
    const officer = db.officers.find((known) => known.id === what.assignee_id);
    one.assignee = officer ? { id: officer.id, name: officer.name } : null;
    item('conversation.assigned', { assignee: one.assignee });
  }
  if (what.status) {
    one.status = what.status;
    one.snoozed_until = what.status === 'snoozed' ? (what.snoozed_until ?? null) : null;
    one.solved_at = what.status === 'solved' ? now() : null;
    if (what.status === 'solved') one.waiting_since = null;
    item(`conversation.${what.status === 'open' ? 'reopened' : what.status}`, { until: one.snoozed_until });
  } else emit('conversation.changed', { conversation_id: id, contact_id: one.contact_id });
  return conversation(id);
}

export function send(id: string, body: T.NewMessage): T.Message {
  const one = need(id);
  if (body.text.includes('bentrok') && !body.anyway) {
    const last = [...(db.timeline.get(one.contact_id) ?? [])]
      .reverse()
      .find((item) => item.type === 'message' && item.message.direction === 'out');
    const ayu = db.officers[1];
    throw new Refusal(409, 'answered_meanwhile', {
      by: { id: ayu?.id, name: ayu?.name },
      at: ago(0.15),
      message_id: last?.type === 'message' ? last.message.id : newId(),
    });
  }
  const channel = db.channels.find((known) => known.id === body.channel_id);
  const at = now();
  const held = body.kind === 'reply';
  const message: T.Message = {
    id: newId(),
    conversation_id: id,
    conversation_number: one.number,
    direction: held ? 'out' : 'note',
    author: { kind: 'officer', id: db.me.id, name: db.me.name },
    channel: held ? (channel ? channelRef(channel.kind) : one.channel) : null,
    at,
    subject: body.subject ?? null,
    text: body.text,
    quoted: null,
    has_html: false,
    html_url: null,
    original_url: null,
    files: (body.files ?? []).flatMap((file) => db.files.get(file)?.ref ?? []),
    place: null,
    buttons: body.buttons ?? [],
    address: null,
    automatic: false,
    also_to: [],
    cc: body.cc ?? [],
    bcc: body.bcc ?? [],
    page: null,
    warnings: [],
    edited_at: null,
    versions: [],
    retracted_at: null,
    mentions: body.mentions ?? [],
    delivery: held
      ? {
          state: 'held',
          reason: null,
          next_try_at: body.send_at ?? null,
          attempts: 0,
          undo_until: body.send_at ?? ago(-db.me.undo_seconds / 60),
          at,
        }
      : null,
  };
  db.messages.set(message.id, message);
  db.timeline.get(one.contact_id)?.push({ type: 'message', at, message });
  db.drafts.delete(id);
  Object.assign(one, {
    preview: body.text,
    preview_kind: message.direction,
    preview_author: db.me.name,
    last_message_at: at,
  });
  if (held) one.waiting_since = null;
  emit(held ? 'message.sent' : 'message.note', {
    conversation_id: id,
    contact_id: one.contact_id,
    message_id: message.id,
  });
  if (body.solve) change(id, { status: 'solved' });
  if (held && !body.send_at) setTimeout(() => deliver(message, one), db.me.undo_seconds * 1000);
  return message;
}

function deliver(message: T.Message, one: Stored): void {
  if (message.delivery?.state !== 'held') return;
  const states: T.DeliveryState[] = ['sending', 'sent', 'delivered'];
  states.forEach((state, at) =>
    setTimeout(() => {
      if (message.delivery) Object.assign(message.delivery, { state, undo_until: null, at: now() });
      emit('delivery.changed', {
        conversation_id: one.id,
        contact_id: one.contact_id,
        message_id: message.id,
      });
    }, at * 600),
  );
  setTimeout(() => customerTyping(one.id, true), 4000);
  setTimeout(() => receive(one.id, 'Baik, terima kasih banyak 🙏'), 9000);
}

export function receive(id: string, text: string): void {
  const one = need(id);
  customerTyping(id, false);
  const message: T.Message = {
    id: newId(),
    conversation_id: id,
    conversation_number: one.number,
    direction: 'in',
    author: { kind: 'contact', id: one.contact_id, name: one.contact.name },
    channel: one.channel,
    at: now(),
    subject: null,
    text,
    quoted: null,
    has_html: false,
    html_url: null,
    original_url: null,
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
    delivery: null,
  };
  db.messages.set(message.id, message);
  db.timeline.get(one.contact_id)?.push({ type: 'message', at: message.at, message });
  Object.assign(one, {
    preview: text,
    preview_kind: 'in',
    preview_author: null,
    last_message_at: message.at,
    unread: true,
    status: 'open',
  });
  one.waiting_since ??= message.at;
  emit(
    'message.received',
    { conversation_id: id, contact_id: one.contact_id, message_id: message.id },
    false,
  );
}

export function takeBack(id: string): T.Message {
  const message = db.messages.get(id);
  if (!message) throw new Refusal(404, 'not_found');
  if (message.delivery?.state === 'held') {
    message.delivery.state = 'cancelled';
    db.drafts.set(message.conversation_id, draft(message.text));
  } else message.retracted_at = now();
  const one = need(message.conversation_id);
  emit('message.retracted', { conversation_id: one.id, contact_id: one.contact_id, message_id: id });
  return message;
}

export const rinaTalk = (): string =>
  [...db.conversations.values()].find(
    (one) => one.contact.id === idOf('contact Rina Wulandari') && one.status === 'open',
  )?.id ?? '';
