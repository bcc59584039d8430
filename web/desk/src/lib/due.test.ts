import { describe, expect, it } from 'vitest';
import { dueState } from './due';

const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 10, 23, hour, minute));
const state = (opened: Date, due: Date, now: Date) =>
  dueState(due.toISOString(), opened.toISOString(), now.getTime());

describe('a due time', () => {
  it('is_late_once_it_has_passed_and_soon_before', () => {
    expect(state(at(8), at(12), at(12, 1))).toBe('late');
    expect(state(at(8), at(12), at(11, 45))).toBe('soon');
    expect(state(at(8), at(12), at(11))).toBe('soon');
    expect(state(at(8), at(12), at(10, 59))).toBe('calm');
  });
  it('is_soon_with_less_than_half_an_hour_left_however_short_the_time', () => {
    expect(state(at(8), at(8, 20), at(8))).toBe('soon');
  });
});
