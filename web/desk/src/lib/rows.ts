import type { InfiniteData } from '@tanstack/react-query';
import type { ListFilter } from '../api/keys';
import type { ConversationRow, Page } from '../api/types';

export type Rows = InfiniteData<Page<ConversationRow>, unknown>;

/** Whether a row belongs in a list; null where only the hub can say. */
export function belongs(row: ConversationRow, filter: ListFilter, me: string): boolean | null {
  if (filter.team && row.team?.id !== filter.team) return false;
  if (filter.channel && row.channel.id !== filter.channel) return false;
  if (filter.label && !row.labels.includes(filter.label)) return false;
  if (filter.sort === 'waiting' && filter.folder !== 'bot' && row.bot) return false;
  switch (filter.folder) {
    case 'mine':
      return row.status === 'open' && row.assignee?.id === me;
    case 'unassigned':
      return row.status === 'open' && row.assignee === null && row.bot === null;
    case 'bot':
      return row.status === 'open' && row.bot !== null;
    case 'open':
      return row.status === 'open';
    case 'waiting':
      return row.status === 'open' && row.waiting_since !== null && row.bot === null;
    case 'snoozed':
    case 'solved':
      return row.status === filter.folder;
    case 'all':
      return true;
    default:
      return null;
  }
}

/** Whether `a` stands before `b`. */
function before(a: ConversationRow, b: ConversationRow, filter: ListFilter): boolean {
  if (filter.sort === 'waiting') {
    return (a.waiting_since ?? '9') < (b.waiting_since ?? '9');
  }
  const earlier = a.last_message_at < b.last_message_at;
  const same = a.last_message_at === b.last_message_at;
  return same ? false : filter.sort === 'oldest' ? earlier : !earlier;
}

/**
 * A list with one row renewed: put where it now belongs, or taken out. A row that would stand
 * beyond what is loaded is left out while there is more to load.
 */
export function mergeRow(data: Rows, row: ConversationRow, filter: ListFilter, me: string): Rows {
  const held = data.pages.some((page) => page.items.some((one) => one.id === row.id));
  const wanted = belongs(row, filter, me);
  if (wanted === false && !held) return data;
  if (wanted === null) return held ? replaceRow(data, row) : data;
  const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((one) => one.id !== row.id) }));
  if (!wanted) return { ...data, pages };
  for (const page of pages) {
    const at = page.items.findIndex((one) => before(row, one, filter));
    if (at >= 0) {
      page.items.splice(at, 0, row);
      return { ...data, pages };
    }
  }
  const last = pages[pages.length - 1];
  if (last && last.next === null) last.items.push(row);
  return { ...data, pages };
}

/** The row shown anew where it stands. */
export function replaceRow(data: Rows, row: ConversationRow): Rows {
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.map((one) => (one.id === row.id ? row : one)),
  }));
  return { ...data, pages };
}

/** All rows of a list, each once: a row that moved between two pages is kept where it came first. */
export function flatRows(data: Rows | undefined): ConversationRow[] {
  const seen = new Set<string>();
  const rows: ConversationRow[] = [];
  for (const page of data?.pages ?? []) {
    for (const row of page.items) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      rows.push(row);
    }
  }
  return rows;
}
