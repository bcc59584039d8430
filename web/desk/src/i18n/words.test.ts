import { describe, expect, it } from 'vitest';
import { hitParts } from '../lib/hits';
import { initials, tint } from '../lib/people';
import { urgency } from '../lib/waiting';
import { en } from './en';
import { id } from './id';
import { translate } from '.';

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]).sort();

describe('words', () => {
  it('has_the_same_keys_and_values_in_both_languages', () => {
    expect(Object.keys(id).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(holes(id[key]), key).toEqual(holes(en[key]));
      expect(id[key].trim(), key).not.toBe('');
    }
  });

  it('takes_the_singular_where_there_is_one', () => {
    expect(translate('en', 'bulk.done', { n: 1 })).toBe('1 conversation changed');
    expect(translate('en', 'bulk.done', { n: 3 })).toBe('3 conversations changed');
  });

  it('marks_every_second_part_of_a_hit', () => {
    expect(hitParts('kopi \u0002gayo\u0003 enak')).toEqual(['kopi ', 'gayo', ' enak']);
  });

  it('makes_initials_and_keeps_a_tint_for_the_same_officer', () => {
    expect(initials('Rina Wulandari')).toBe('RW');
    expect(initials('R. Wulandari')).toBe('RW');
    expect(initials('')).toBe('?');
    expect(tint('o1')).toBe(tint('o1'));
  });

  it('colours_the_clock_only_when_the_promise_is_near_its_end', () => {
    const now = Date.parse('2026-11-23T12:00:00Z');
    const waits = (minutes: number) => urgency(new Date(now - minutes * 60_000).toISOString(), now);
    expect([waits(10), waits(46), waits(90), waits(121)]).toEqual(['calm', 'amber', 'amber', 'red']);
  });
});
