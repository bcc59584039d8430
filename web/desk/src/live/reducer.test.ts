import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../api/types';
import { readFrame } from './frames';
import { reduce, start, type LiveState } from './reducer';
import { touchedBy } from './touched';

const event = (over: Partial<LiveEvent> = {}): LiveEvent => ({
  seq: 12,
  kind: 'message.received',
  at: '2026-11-23T10:00:00Z',
  actor: null,
  contact_id: 'p1',
  conversation_id: 'c1',
  message_id: 'm1',
  ticket_id: null,
  data: {},
  ...over,
});
const live: LiveState = { ...start(10), status: 'live' };

describe('the live connection', () => {
  it('is_live_after_ready_and_knows_the_sequence', () => {
    const opened = reduce(start(8), { type: 'opened' });
    expect(opened).toMatchObject({ status: 'connecting', seq: 8 });
    const ready = reduce(opened, { type: 'frame', frame: { type: 'ready', seq: 9 } });
    expect(ready).toMatchObject({ status: 'live', seq: 9, downSince: null });
  });

  it('catches_up_after_a_break_and_keeps_when_it_began', () => {
    const down = reduce(live, { type: 'closed', at: 100 });
    const again = reduce(down, { type: 'closed', at: 200 });
    expect(again).toMatchObject({ status: 'offline', downSince: 100 });
    const back = reduce(again, { type: 'opened' });
    expect(back).toMatchObject({ status: 'catching', seq: 10, downSince: 100 });
  });

  it('never_goes_back_in_the_sequence', () => {
    const next = reduce(live, { type: 'frame', frame: { type: 'event', event: event({ seq: 4 }) } });
    expect(next.seq).toBe(10);
    expect(reduce(live, { type: 'frame', frame: { type: 'event', event: event() } }).seq).toBe(12);
  });

  it('ends_typing_when_the_message_comes', () => {
    const typing = reduce(live, {
      type: 'frame',
      frame: { type: 'customer_typing', conversation_id: 'c1', on: true },
    });
    expect(typing.typing).toEqual({ c1: true });
    expect(reduce(typing, { type: 'frame', frame: { type: 'event', event: event() } }).typing).toEqual({});
  });

  it('forgets_who_is_present_when_the_line_breaks', () => {
    const seen = reduce(live, {
      type: 'frame',
      frame: {
        type: 'presence',
        conversation_id: 'c1',
        officers: [{ id: 'o2', name: 'Ayu', typing: false }],
      },
    });
    expect(seen.presence.c1).toHaveLength(1);
    expect(reduce(seen, { type: 'closed', at: 1 }).presence).toEqual({});
  });

  it('ignores_what_is_not_a_frame', () => {
    expect(readFrame('nonsense')).toBeNull();
    expect(readFrame('5')).toBeNull();
    expect(readFrame('{"type":"pong"}')).toEqual({ type: 'pong' });
  });

  it('reads_anew_only_what_an_event_touched', () => {
    expect(touchedBy(event())).toMatchObject({ conversations: ['c1'], timelines: ['p1'], message: 'm1' });
    expect(touchedBy(event({ kind: 'conversation.read' })).timelines).toEqual([]);
    const ticket = touchedBy(event({ kind: 'ticket.solved', ticket_id: 't1' }));
    expect(ticket.queries).toContainEqual(['ticket', 't1']);
    expect(ticket.queries).toContainEqual(['contact', 'p1']);
  });
});
