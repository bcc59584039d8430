import { describe, expect, it } from 'vitest';
import type { ListFilter } from '../api/keys';
import type { ConversationRow } from '../api/types';
import { sampleRow } from '../testing/samples';
import { belongs, flatRows, mergeRow, type Rows } from './rows';

const mine: ListFilter = { folder: 'mine', sort: 'newest' };
const open: ListFilter = { folder: 'open', sort: 'newest' };
const row = (id: string, minute: number, over: Partial<ConversationRow> = {}) =>
  sampleRow({ id, last_message_at: `2026-11-23T10:${String(minute).padStart(2, '0')}:00Z`, ...over });
const pages = (next: string | null, ...lists: ConversationRow[][]): Rows => ({
  pages: lists.map((items, at) => ({ items, next: at === lists.length - 1 ? next : `p${at}` })),
  pageParams: lists.map(() => undefined),
});
const ids = (data: Rows) => flatRows(data).map((one) => one.id);

describe('list merging', () => {
  it('moves_a_row_with_a_new_message_to_the_top', () => {
    const data = pages(null, [row('a', 9), row('b', 5)], [row('c', 1)]);
    expect(ids(mergeRow(data, row('c', 20), open, 'me'))).toEqual(['c', 'a', 'b']);
  });

  it('takes_out_a_row_that_no_longer_belongs', () => {
    const data = pages(null, [row('a', 9, { assignee: { id: 'me', name: 'Dimas' } })]);
    expect(ids(mergeRow(data, row('a', 9), mine, 'me'))).toEqual([]);
    expect(ids(mergeRow(data, row('a', 9, { status: 'solved' }), open, 'me'))).toEqual([]);
  });

  it('keeps_what_a_bot_answers_apart_from_what_waits_for_people', () => {
    const bots = row('a', 9, { bot: { id: 'b1', name: 'Kira' }, waiting_since: '2026-11-23T10:00:00Z' });
    const folders = ['bot', 'unassigned', 'waiting', 'open'] as const;
    const of = (one: ConversationRow) =>
      folders.filter((folder) => belongs(one, { folder, sort: 'newest' }, 'me') === true);
    expect(of(bots)).toEqual(['bot', 'open']);
    expect(of({ ...bots, bot: null })).toEqual(['unassigned', 'waiting', 'open']);
  });

  it('leaves_out_a_row_that_stands_beyond_what_is_loaded', () => {
    const data = pages('more', [row('a', 9), row('b', 5)]);
    expect(ids(mergeRow(data, row('z', 1), open, 'me'))).toEqual(['a', 'b']);
    expect(ids(mergeRow(pages(null, [row('a', 9)]), row('z', 1), open, 'me'))).toEqual(['a', 'z']);
  });

  it('puts_the_longest_waiting_first_in_the_waiting_folder', () => {
    const waiting: ListFilter = { folder: 'waiting', sort: 'waiting' };
    const waits = (id: string, hour: string) => row(id, 5, { waiting_since: `2026-11-23T${hour}:00:00Z` });
    const data = pages(null, [waits('a', '06'), waits('b', '08')]);
    expect(ids(mergeRow(data, waits('c', '07'), waiting, 'me'))).toEqual(['a', 'c', 'b']);
    expect(ids(mergeRow(data, row('a', 5), waiting, 'me'))).toEqual(['b']);
  });

  it('renews_in_place_where_only_the_hub_knows_what_belongs', () => {
    const mentions: ListFilter = { folder: 'mentions', sort: 'newest' };
    expect(belongs(row('a', 1), mentions, 'me')).toBeNull();
    const data = pages(null, [row('a', 9), row('b', 5)]);
    const next = mergeRow(data, row('b', 30, { preview: 'Baru' }), mentions, 'me');
    expect(ids(next)).toEqual(['a', 'b']);
    expect(flatRows(next)[1]?.preview).toBe('Baru');
    expect(ids(mergeRow(data, row('c', 30), mentions, 'me'))).toEqual(['a', 'b']);
  });

  it('shows_a_row_once_that_moved_between_two_pages', () => {
    expect(ids(pages(null, [row('a', 9)], [row('a', 2), row('b', 1)]))).toEqual(['a', 'b']);
  });

  it('keeps_to_the_team_channel_and_label_of_the_list', () => {
    const team: ListFilter = { folder: 'open', team: 't1', sort: 'newest' };
    expect(belongs(row('a', 1, { team: { id: 't1', name: 'Layanan' } }), team, 'me')).toBe(true);
    expect(belongs(row('a', 1), team, 'me')).toBe(false);
    expect(belongs(row('a', 1, { labels: ['x'] }), { ...open, label: 'x' }, 'me')).toBe(true);
  });
});
