import { describe, expect, it } from 'vitest';
import type { FileRef } from '../api/types';
import {
  changed,
  empty,
  fromDrafts,
  isBlank,
  partOf,
  putBefore,
  toDraft,
  without,
  type Writing,
} from './writing';

const file = (id: string): FileRef => ({
  id,
  name: `${id}.txt`,
  media_type: 'text/plain',
  size: 1,
  url: `/api/v1/files/${id}`,
  preview_url: null,
  content_id: null,
});
const begun: Writing = {
  ...empty,
  texts: { reply: 'Maaf, Bu', note: 'Cek gudang' },
  files: { reply: [file('a')], note: [file('b')] },
  channelId: 'mail',
  subject: 'Nota',
  cc: ['x@surat.example'],
  buttons: ['Ya'],
};

describe('what is being written', () => {
  it('leaves_the_answer_alone_when_the_note_is_sent', () => {
    const left = without(begun, 'note');
    expect(left).toEqual({
      ...begun,
      texts: { reply: 'Maaf, Bu', note: '' },
      files: { reply: [file('a')], note: [] },
    });
    expect(changed(begun, left)).toEqual(['note']);
    expect(isBlank(left, 'note') && !isBlank(left, 'reply')).toBe(true);
  });

  it('takes_the_whole_answer_out_and_puts_it_back_before_what_was_begun_since', () => {
    const part = partOf(begun, 'reply');
    const left = without(begun, 'reply');
    expect(left).toEqual({
      ...empty,
      texts: { reply: '', note: 'Cek gudang' },
      files: { reply: [], note: [file('b')] },
      channelId: 'mail',
    });
    expect(putBefore(left, part)).toEqual(begun);
    const since = { ...left, texts: { ...left.texts, reply: 'Satu lagi' }, cc: ['y@surat.example'] };
    const both = putBefore(since, part);
    expect(both.texts.reply).toBe('Maaf, Bu\n\nSatu lagi');
    expect(both.cc).toEqual(['x@surat.example', 'y@surat.example']);
    expect(both.files.reply).toEqual([file('a')]);
  });

  it('is_the_same_after_a_reload', () => {
    const files = new Map([file('a'), file('b')].map((one) => [one.id, one]));
    expect(fromDrafts([toDraft(begun, 'reply'), toDraft(begun, 'note')], files)).toEqual(begun);
    // The tab that was worked on last is the one that is shown.
    expect(fromDrafts([toDraft(begun, 'note'), toDraft(begun, 'reply')], files).kind).toBe('note');
  });

  it('keeps_nothing_for_a_change_of_tab', () => {
    expect(changed(begun, { ...begun, kind: 'note' })).toEqual([]);
    expect(changed(begun, { ...begun, subject: 'x' })).toEqual(['reply']);
  });
});
