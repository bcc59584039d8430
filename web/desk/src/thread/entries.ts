import type { EventItem, MailingItem, Message, TimelineItem } from '../api/types';
import { startOfDay } from '../lib/time';
import { itemKey, ticketOf } from '../lib/timeline';

/** One line of the thread as it is shown. */
export type Entry =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'heading'; key: string; conversation: Heading }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; message: Message; showChannel: boolean; follows: boolean }
  | { kind: 'event'; key: string; event: EventItem }
  | { kind: 'mailing'; key: string; item: MailingItem };

export interface Heading {
  id: string;
  number: number | null;
  subject: string | null;
  /** What came of it, from the tickets that were solved in it. */
  outcome: string | null;
  solved: boolean;
}

const TOGETHER = 4 * 60_000;

function conversationOf(item: TimelineItem): string | null {
  if (item.type === 'mailing') return null;
  return item.type === 'message' ? item.message.conversation_id : item.conversation_id;
}

/** What is known of each conversation from the part of the time line that is loaded. */
export function headings(items: TimelineItem[]): Map<string, Heading> {
  const known = new Map<string, Heading>();
  for (const item of items) {
    const id = conversationOf(item);
    if (!id) continue;
    const heading = known.get(id) ?? { id, number: null, subject: null, outcome: null, solved: false };
    known.set(id, heading);
    if (item.type === 'message') {
      heading.number = item.message.conversation_number;
      heading.subject ??= item.message.subject;
    } else if (item.type === 'event') {
      if (item.kind === 'ticket.solved') heading.outcome = ticketOf(item)?.remedy || heading.outcome;
      if (item.kind === 'conversation.solved') heading.solved = true;
      if (item.kind === 'conversation.reopened') heading.solved = false;
    }
  }
  return known;
}

/** Events that say nothing to a reader where they stand. */
function silent(item: TimelineItem): boolean {
  return item.type === 'event' && item.kind === 'conversation.opened';
}

/** Only events that change something for the message before matter to grouping. */
function sameSpeaker(before: Message | null, next: Message): boolean {
  return (
    before !== null &&
    before.direction === next.direction &&
    before.author.name === next.author.name &&
    before.channel?.kind === next.channel?.kind &&
    !next.subject &&
    new Date(next.at).getTime() - new Date(before.at).getTime() < TOGETHER
  );
}

/** The thread's lines: days, conversations, the "new" line, messages, events. */
export function entriesOf(items: TimelineItem[], newBefore: string | null): Entry[] {
  const known = headings(items);
  const entries: Entry[] = [];
  let day = NaN;
  let conversation: string | null = null;
  let channel: string | null = null;
  let before: Message | null = null;
  for (const item of items) {
    const key = itemKey(item);
    const today = startOfDay(new Date(item.at).getTime());
    const id = conversationOf(item);
    if (id && id !== conversation) {
      const heading = known.get(id);
      if (heading && known.size > 1)
        entries.push({ kind: 'heading', key: `c-${id}-${key}`, conversation: heading });
      conversation = id;
      channel = null;
      before = null;
    }
    if (silent(item)) continue;
    if (today !== day) {
      entries.push({ kind: 'day', key: `d-${today}-${id}`, at: item.at });
      day = today;
      before = null;
    }
    if (key === newBefore) {
      entries.push({ kind: 'new', key: 'new' });
      before = null;
    }
    if (item.type === 'mailing') {
      entries.push({ kind: 'mailing', key, item });
      before = null;
      continue;
    }
    if (item.type === 'event') {
      entries.push({ kind: 'event', key, event: item });
      before = null;
      continue;
    }
    const { message } = item;
    const showChannel = message.channel !== null && message.channel.kind !== channel;
    if (message.channel) channel = message.channel.kind;
    entries.push({ kind: 'message', key, message, showChannel, follows: sameSpeaker(before, message) });
    before = message;
  }
  return entries;
}
