import { describe, expect, it } from 'vitest';
import { mentionedIn, replaceTrigger, triggerAt } from './trigger';
import { fillIn } from './variables';

const officers = [
  { id: 'a', name: 'Ayu Lestari' },
  { id: 'b', name: 'Ayunda Sari' },
];

describe('what is looked up while writing', () => {
  it('finds_a_canned_answer_after_a_slash_at_a_words_beginning', () => {
    expect(triggerAt('Halo /kir', 9, false)).toEqual({ kind: 'canned', query: 'kir', from: 5, to: 9 });
    expect(triggerAt('/', 1, false)?.query).toBe('');
    expect(triggerAt('24/7', 4, false)).toBeNull();
    expect(triggerAt('https://x', 9, false)).toBeNull();
  });

  it('finds_colleagues_only_in_notes', () => {
    expect(triggerAt('@ay', 3, true)?.kind).toBe('mention');
    expect(triggerAt('@ay', 3, false)).toBeNull();
    expect(triggerAt('rina@surat', 10, true)).toBeNull();
  });

  it('puts_the_answer_in_the_place_of_the_word', () => {
    const trigger = triggerAt('Halo /kir ya', 9, false);
    expect(trigger && replaceTrigger('Halo /kir ya', trigger, 'kirim')).toEqual({
      text: 'Halo kirim ya',
      caret: 10,
    });
  });

  it('mentions_whom_the_note_names_and_nobody_else', () => {
    expect(mentionedIn('@Ayu tolong cek', officers)).toEqual(['a']);
    expect(mentionedIn('@Ayunda tolong', officers)).toEqual(['b']);
    expect(mentionedIn('ayu sudah tahu', officers)).toEqual([]);
  });

  it('fills_variables_in_both_languages_and_leaves_unknown_ones_to_be_seen', () => {
    const values = { name: 'Rina', officer: 'Dimas', number: 7 };
    expect(fillIn('Halo {nama}, {officer} #{nomor} {resi}', values)).toBe('Halo Rina, Dimas #7 {resi}');
  });
});
