import { describe, expect, it } from 'vitest';
import type { TimelineItem } from '../api/types';
import { sampleEvent, sampleMessage } from '../testing/samples';
import {
  firstKey,
  flatLine,
  itemKey,
  mergeNewest,
  newLineAt,
  settleItem,
  ticketOf,
  type Line,
} from './timeline';

const message = (id: string, minute: number, over = {}) =>
  sampleMessage({ id, at: `2026-11-23T10:${String(minute).padStart(2, '0')}:00Z`, ...over });
const line = (...pages: [TimelineItem[], string | null][]): Line => ({
  pages: pages.map(([items, next]) => ({ items, next })),
  pageParams: pages.map(() => undefined),
});
const keysOf = (data: Line) => flatLine(data).map(itemKey);
const ours = { direction: 'out' as const, author: { kind: 'officer', id: 'o1', name: 'Ayu' } };

describe('the time line', () => {
  it('is_read_oldest_first_over_all_pages', () => {
    const data = line(
      [[message('c', 3), message('d', 4)], 'older'],
      [[message('a', 1), message('b', 2)], null],
    );
    expect(keysOf(data)).toEqual(['m-a', 'm-b', 'm-c', 'm-d']);
  });

  it('takes_a_new_message_and_keeps_what_lies_further_back', () => {
    const data = line([[message('b', 2), message('c', 3)], 'older'], [[message('a', 1)], null]);
    const next = mergeNewest(data, {
      items: [message('c', 3, { text: 'Edited' }), message('d', 4)],
      next: 'x',
    });
    expect(keysOf(next)).toEqual(['m-a', 'm-b', 'm-c', 'm-d']);
    const edited = flatLine(next)[2];
    expect(edited?.type === 'message' && edited.message.text).toBe('Edited');
    expect(next.pages[0]?.next).toBe('older');
  });

  it('begins_anew_when_too_much_came_while_the_line_was_down', () => {
    const data = line([[message('a', 1)], null]);
    const next = mergeNewest(data, { items: [message('y', 50), message('z', 51)], next: 'gap' });
    expect(keysOf(next)).toEqual(['m-y', 'm-z']);
    expect(next.pages).toHaveLength(1);
  });

  it('keeps_a_message_that_is_still_on_its_way_to_the_hub', () => {
    const data = line([[message('a', 1), message('new-1', 9, ours)], null]);
    const next = mergeNewest(data, { items: [message('a', 1), message('b', 2)], next: null });
    expect(keysOf(next)).toEqual(['m-a', 'm-b', 'm-new-1']);
  });

  it('shows_a_message_once_when_the_hub_tells_of_it_before_it_answers', () => {
    const shown = message('new-2', 9, { ...ours, text: 'Halo, Bu' });
    const taken = message('t2', 8, { ...ours, text: 'Halo, Bu' });
    const told = mergeNewest(line([[message('a', 1), shown], null]), {
      items: [message('a', 1), taken],
      next: null,
    });
    expect(keysOf(told)).toEqual(['m-a', 'm-t2']);
    expect(firstKey('m-t2')).toBe('m-new-2');
    expect(keysOf(settleItem(told, 'new-2', taken))).toEqual(['m-a', 'm-t2']);
    // The same words again are another message.
    const again = mergeNewest(line([[taken, message('new-3', 9, { ...ours, text: 'Halo, Bu' })], null]), {
      items: [taken],
      next: null,
    });
    expect(keysOf(again)).toEqual(['m-t2', 'm-new-3']);
  });

  it('keeps_a_message_in_its_place_and_under_its_key_when_the_hub_has_taken_it', () => {
    const data = line([[message('a', 1), message('new-4', 2, ours), message('b', 3)], null]);
    const settled = settleItem(data, 'new-4', message('t4', 2, ours));
    expect(keysOf(settled)).toEqual(['m-a', 'm-t4', 'm-b']);
    expect([firstKey('m-t4'), firstKey('m-a')]).toEqual(['m-new-4', 'm-a']);
  });

  it('puts_the_new_line_before_the_first_unanswered_message', () => {
    const items = [message('a', 1), message('b', 2, ours), message('c', 3), message('d', 4)];
    expect(newLineAt(items, 'c1')).toBe(2);
    expect(newLineAt([message('b', 2, ours)], 'c1')).toBe(-1);
  });

  it('does_not_let_a_bots_answer_hide_what_is_new', () => {
    const bot = message('b', 2, { direction: 'out', author: { kind: 'system', id: null, name: 'Bot' } });
    expect(newLineAt([message('a', 1), bot, message('c', 3)], 'c1')).toBe(0);
  });

  it('reads_the_ticket_of_an_event_from_its_data', () => {
    const event = sampleEvent({
      ticket_id: 't1',
      data: { number: 'K-1042', title: 'Kurang', outcome: 'Dikirim' },
    });
    expect(ticketOf(event)).toEqual({ id: 't1', number: 'K-1042', title: 'Kurang', outcome: 'Dikirim' });
    expect(ticketOf(sampleEvent())).toBeNull();
  });
});
