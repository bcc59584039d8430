import { describe, expect, it } from 'vitest';
import { actionIds, keyChoice, keysOf, meaningOf, pressOf } from './actions';

const usual = keyChoice({});
const key = (name: string, over = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...over,
});

describe('keys', () => {
  it('binds_no_key_twice', () => {
    const bound = actionIds.map((id) => keysOf(id, usual));
    expect(new Set(bound).size).toBe(bound.length);
  });

  it('reads_letters_sequences_and_control', () => {
    expect(meaningOf('e', null, usual)).toBe('solve');
    expect(meaningOf('g', null, usual)).toBe('wait');
    expect(meaningOf('m', 'g', usual)).toBe('go_mine');
    expect(meaningOf('ctrl+enter', null, usual)).toBe('send');
    expect(meaningOf('q', null, usual)).toBeNull();
  });

  it('wcag_2_1_4_letters_can_be_switched_off_and_control_stays', () => {
    const off = keyChoice({ letters_off: true });
    expect(meaningOf('e', null, off)).toBeNull();
    expect(meaningOf('?', null, off)).toBeNull();
    expect(meaningOf('ctrl+k', null, off)).toBe('palette');
  });

  it('wcag_2_1_4_letters_can_be_bound_anew', () => {
    const choice = keyChoice({ keys: { solve: 'y' } });
    expect(meaningOf('y', null, choice)).toBe('solve');
    expect(meaningOf('e', null, choice)).toBeNull();
  });

  it('names_a_press', () => {
    expect(pressOf(key('K', { ctrlKey: true }))).toBe('ctrl+k');
    expect(pressOf(key('Enter', { metaKey: true, shiftKey: true }))).toBe('ctrl+shift+enter');
    expect(pressOf(key('?', { shiftKey: true }))).toBe('?');
    expect(pressOf(key('Shift', { shiftKey: true }))).toBeNull();
    expect(pressOf(key('e', { altKey: true }))).toBeNull();
  });
});
