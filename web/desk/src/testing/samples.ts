import type { ConversationRow, EventItem, Message, MessageItem } from '../api/types';

/** Sample things for tests: whole, and changed where a test cares. */
export function sampleRow(over: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id: 'c1',
    number: 1,
    contact: { id: 'p1', name: 'Rina Wulandari' },
    channel: { id: 'ch1', kind: 'webchat', name: 'Web chat' },
    status: 'open',
    subject: null,
    preview: 'Halo',
    preview_kind: 'in',
    preview_author: null,
    has_files: false,
    assignee: null,
    team: null,
    labels: [],
    unread: false,
    waiting_since: null,
    last_message_at: '2026-11-23T10:00:00Z',
    snoozed_until: null,
    draft: null,
    ticket: null,
    mailing: null,
    version: 1,
    bot: null,
    handed_over_at: null,
    ...over,
  };
}

export function sampleMessage(over: Partial<Message> = {}): MessageItem {
  const message: Message = {
    id: 'm1',
    conversation_id: 'c1',
    conversation_number: 1,
    direction: 'in',
    author: { kind: 'contact', id: 'p1', name: 'Rina Wulandari' },
    channel: { id: 'ch1', kind: 'webchat', name: 'Web chat' },
    at: '2026-11-23T10:00:00Z',
    subject: null,
    text: 'Halo',
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
    ...over,
  };
  return { type: 'message', at: message.at, message };
}

export function sampleEvent(over: Partial<EventItem> = {}): EventItem {
  return {
    type: 'event',
    at: '2026-11-23T10:00:00Z',
    seq: 1,
    kind: 'conversation.assigned',
    actor: { kind: 'officer', id: 'o1', name: 'Ayu Lestari' },
    conversation_id: 'c1',
    ticket_id: null,
    data: {},
    ...over,
  };
}
