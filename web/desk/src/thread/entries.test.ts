import { describe, expect, it } from 'vitest';
import { sampleEvent, sampleMessage } from '../testing/samples';
import { entriesOf, headings } from './entries';

const kinds = (entries: ReturnType<typeof entriesOf>) => entries.map((entry) => entry.kind);
const chat = (id: string, at: string, over = {}) => sampleMessage({ id, at, ...over });

describe('the lines of a thread', () => {
  it('has_no_heading_while_there_is_one_conversation', () => {
    const items = [chat('a', '2026-11-23T10:00:00Z'), chat('b', '2026-11-23T10:01:00Z')];
    expect(kinds(entriesOf(items, null))).toEqual(['day', 'message', 'message']);
  });

  it('parts_conversations_by_a_heading_with_subject_and_outcome', () => {
    const before = { conversation_id: 'c0', conversation_number: 7, subject: 'Kurang satu' };
    const items = [
      chat('a', '2026-09-25T10:00:00Z', before),
      sampleEvent({
        conversation_id: 'c0',
        kind: 'ticket.solved',
        ticket_id: 't',
        data: { remedy: 'Dana kembali' },
      }),
      sampleEvent({ seq: 2, conversation_id: 'c0', kind: 'conversation.solved' }),
      chat('b', '2026-11-23T10:00:00Z'),
    ];
    expect(kinds(entriesOf(items, null))).toEqual([
      'heading',
      'day',
      'message',
      'day',
      'event',
      'event',
      'heading',
      'message',
    ]);
    expect(headings(items).get('c0')).toMatchObject({
      number: 7,
      subject: 'Kurang satu',
      outcome: 'Dana kembali',
      solved: true,
    });
  });

  it('shows_the_channel_where_it_changes', () => {
    const telegram = { channel: { id: 'ch2', kind: 'telegram', name: 'Bot' } };
    const entries = entriesOf(
      [
        chat('a', '2026-11-23T10:00:00Z'),
        chat('b', '2026-11-23T10:01:00Z'),
        chat('c', '2026-11-23T10:02:00Z', telegram),
      ],
      null,
    );
    const shown = entries.flatMap((entry) => (entry.kind === 'message' ? [entry.showChannel] : []));
    expect(shown).toEqual([true, false, true]);
  });

  it('draws_the_new_line_before_its_message_and_ends_the_group_there', () => {
    const items = [chat('a', '2026-11-23T10:00:00Z'), chat('b', '2026-11-23T10:01:00Z')];
    const entries = entriesOf(items, 'm-b');
    expect(kinds(entries)).toEqual(['day', 'message', 'new', 'message']);
    expect(entries[3]).toMatchObject({ follows: false });
  });

  it('groups_what_one_person_says_in_one_go', () => {
    const entries = entriesOf(
      [
        chat('a', '2026-11-23T10:00:00Z'),
        chat('b', '2026-11-23T10:01:00Z'),
        chat('c', '2026-11-23T10:30:00Z'),
      ],
      null,
    );
    expect(entries.flatMap((entry) => (entry.kind === 'message' ? [entry.follows] : []))).toEqual([
      false,
      true,
      false,
    ]);
  });
});
