import type { LiveEvent } from '../api/types';
import { keys } from '../api/keys';

/** What an event makes stale. Its data is never shown: everything is read anew. */
export interface Touched {
  /** Conversations whose row is to be read anew. */
  conversations: string[];
  /** Contacts whose time line has something new. */
  timelines: string[];
  /** The message concerned, which may lie further back in the time line. */
  message: string | null;
  queries: (readonly unknown[])[];
}

export function touchedBy(event: LiveEvent): Touched {
  const { kind, contact_id, conversation_id, ticket_id } = event;
  const [noun] = kind.split('.');
  const queries: (readonly unknown[])[] = [];
  const said = noun === 'message' || noun === 'delivery';
  if (noun === 'conversation' || (noun === 'message' && kind !== 'message.edited')) queries.push(keys.counts);
  // Whether a note names the reader is for the hub to say.
  if (kind === 'message.note') queries.push([...keys.lists, { folder: 'mentions' }]);
  // Whether it is known what became of an answer, too.
  if (noun === 'delivery') queries.push(keys.counts, [...keys.lists, { folder: 'unsure' }]);
  if (contact_id && !said) queries.push(keys.contact(contact_id));
  if (noun === 'ticket') {
    queries.push(keys.tickets);
    if (ticket_id) queries.push(keys.ticket(ticket_id));
  }
  if (noun === 'ticket' || noun === 'conversation' || said) queries.push(keys.ticketTimelines);
  if (noun === 'contact' || noun === 'identity' || noun === 'suggestion') queries.push(keys.contacts);
  if (kind === 'contact.merged' || kind === 'contact.unmerged') {
    queries.push(keys.timelines, keys.conversations, keys.lists);
  }
  if (noun === 'mailing') {
    queries.push(keys.mailings);
    if (typeof event.data.mailing_id === 'string') queries.push(keys.mailing(event.data.mailing_id));
  }
  if (noun === 'channel') queries.push(keys.channels, keys.counts);
  if (noun === 'address') queries.push(keys.suppressions);
  if (noun === 'import') queries.push(keys.imports);
  if (noun === 'quarantine') queries.push(keys.quarantine);
  const inTimeline =
    said || ['conversation', 'ticket', 'identity', 'consent', 'address'].includes(noun ?? '');
  return {
    conversations: conversation_id ? [conversation_id] : [],
    timelines: contact_id && inTimeline && kind !== 'conversation.read' ? [contact_id] : [],
    message: event.message_id,
    queries,
  };
}
