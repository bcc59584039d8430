import { describe, expect, it } from 'vitest';
import type { MailingProgress } from '../api/types';
import { chartOf, roundUp } from './chart';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 26, 3, 0, seconds)).toISOString();
const progress = (rate: [number, number][]) =>
  ({
    span_seconds: 5,
    rate: rate.map(([seconds, count]) => ({ at: at(seconds), count })),
  }) as MailingProgress;

describe('the chart of a mailing', () => {
  it('rounds_its_upper_line_up', () => {
    expect([1, 3, 11, 240, 600, 601].map(roundUp)).toEqual([2, 4, 20, 400, 600, 1000]);
  });

  it('counts_a_minute_and_shows_spans_without_any', () => {
    const chart = chartOf(
      progress([
        [0, 10],
        [10, 5],
      ]),
      100,
      80,
    );
    expect(chart?.top).toBe(200);
    expect(chart?.path).toBe('M0 32L50 80L100 56');
    expect(chart?.last).toEqual([100, 56]);
  });

  it('has_nothing_to_show_before_the_first_has_left', () => {
    expect(chartOf(progress([]), 100, 80)).toBeNull();
    expect(chartOf(progress([[0, 1]]), 100, 80)?.path).toBe('M100 32');
  });
});
