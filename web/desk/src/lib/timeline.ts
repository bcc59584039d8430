import type { InfiniteData } from '@tanstack/react-query';
import type { EventItem, Page, TimelineItem } from '../api/types';

/** Pages of a contact's time line: the first page is the newest, items newest last. */
export type Line = InfiniteData<Page<TimelineItem>, unknown>;

/** The ticket that an event speaks of: the document gives its id, the event's data the rest. */
export function ticketOf(
  event: EventItem,
): { id: string; number: string; title: string; remedy: string } | null {
  if (!event.ticket_id) return null;
  const text = (name: string) => {
    const value = event.data[name];
    return typeof value === 'string' ? value : '';
  };
  return { id: event.ticket_id, number: text('number'), title: text('title'), remedy: text('remedy') };
}

export function itemKey(item: TimelineItem): string {
  if (item.type === 'message') return `m-${item.message.id}`;
  return item.type === 'mailing' ? `l-${item.mailing.recipient_id}` : `e-${item.seq}`;
}

/** By the key of a message, the one under which it was shown before the hub had taken it. */
const firstKeys = new Map<string, string>();

/** The key by which a line stays the same line: a message that the hub has taken is not drawn anew. */
export function firstKey(key: string): string {
  return firstKeys.get(key) ?? key;
}

/** All items, oldest first, each once. */
export function flatLine(data: Line | undefined): TimelineItem[] {
  const seen = new Set<string>();
  const items: TimelineItem[] = [];
  for (const page of [...(data?.pages ?? [])].reverse()) {
    for (const item of page.items) {
      const key = itemKey(item);
      if (seen.has(key)) continue;
      seen.add(key);
      items.push(item);
    }
  }
  return items;
}

/** The line with the newest page read anew; what lies further back stays as it was. */
export function mergeNewest(data: Line, fresh: Page<TimelineItem>): Line {
  const first = data.pages[0];
  if (!first) return { pages: [fresh], pageParams: [undefined] };
  const renewed = new Map(fresh.items.map((item) => [itemKey(item), item]));
  const oldest = fresh.items[0];
  const held = flatLine(data);
  const met = held.some((item) => renewed.has(itemKey(item)));
  const known = new Set(held.map(itemKey));
  const arrived = fresh.items.filter((item) => !known.has(itemKey(item)));
  // The hub may have been faster in telling everybody than in answering.
  const waiting = held.filter((item) => {
    if (!isTemporary(item)) return false;
    const at = arrived.findIndex((one) => isTaken(item, one));
    const [taken] = at < 0 ? [] : arrived.splice(at, 1);
    if (taken) firstKeys.set(itemKey(taken), itemKey(item));
    return !taken;
  });
  if (!met && fresh.next !== null) return withItems(fresh, [...fresh.items, ...waiting]);
  const kept = first.items.filter(
    (item) => !renewed.has(itemKey(item)) && !isTemporary(item) && oldest && item.at < oldest.at,
  );
  const older = data.pages.slice(1).map((page) => ({
    ...page,
    items: page.items.map((item) => renewed.get(itemKey(item)) ?? item),
  }));
  const next = kept.length > 0 || older.length > 0 ? first.next : fresh.next;
  return { ...data, pages: [{ items: [...kept, ...fresh.items, ...waiting], next }, ...older] };
}

function withItems(page: Page<TimelineItem>, items: TimelineItem[]): Line {
  return { pages: [{ ...page, items }], pageParams: [undefined] };
}

/** A message shown before the hub has said that it took it. */
export function isTemporary(item: TimelineItem): boolean {
  return item.type === 'message' && item.message.id.startsWith('new-');
}

/** Whether a message that was shown beforehand is what the hub has taken. */
function isTaken(shown: TimelineItem, taken: TimelineItem): boolean {
  if (shown.type !== 'message' || taken.type !== 'message') return false;
  const [one, other] = [shown.message, taken.message];
  return (
    one.conversation_id === other.conversation_id &&
    one.direction === other.direction &&
    one.author.id === other.author.id &&
    one.text === other.text
  );
}

/** Puts the message that the hub has taken in the place of the one that was shown for it. */
export function settleItem(data: Line, shown: string, item: TimelineItem): Line {
  const [key, before] = [itemKey(item), `m-${shown}`];
  if (!flatLine(data).some((one) => itemKey(one) === before)) {
    const there = flatLine(data).some((one) => itemKey(one) === key);
    return there ? data : putItem(data, item);
  }
  firstKeys.set(key, before);
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items
      .filter((one) => itemKey(one) !== key)
      .map((one) => (itemKey(one) === before ? item : one)),
  }));
  return { ...data, pages };
}

export function putItem(data: Line, item: TimelineItem): Line {
  const [first, ...older] = data.pages;
  if (!first) return data;
  const items = first.items.filter((one) => itemKey(one) !== itemKey(item));
  return { ...data, pages: [{ ...first, items: [...items, item] }, ...older] };
}

export function dropItem(data: Line, key: string): Line {
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.filter((one) => itemKey(one) !== key),
  }));
  return { ...data, pages };
}

/**
 * Where the "new" line stands: before the first message of the customer that nobody of us
 * has answered since, in the conversation that was opened unread. -1 where there is none.
 */
export function newLineAt(items: TimelineItem[], conversation: string): number {
  let at = -1;
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item?.type !== 'message' || item.message.conversation_id !== conversation) continue;
    const { direction, author } = item.message;
    if (direction === 'in') at = index;
    else if (author.kind === 'officer' && direction === 'out') break;
  }
  return at;
}
