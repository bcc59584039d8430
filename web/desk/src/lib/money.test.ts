import { describe, expect, it } from 'vitest';
import { minorOf, moneyWords } from './money';

const plain = (text: string) => text.replace(/\s/g, ' ');

describe('amounts', () => {
  it('are_shown_without_noughts_behind_the_point', () => {
    expect(plain(moneyWords({ minor: 2_100_000, currency: 'IDR' }, 'id-ID'))).toBe('Rp 21.000');
    expect(moneyWords({ minor: 1250, currency: 'EUR' }, 'en-GB')).toBe('€12.50');
    expect(moneyWords({ minor: 300, currency: 'JPY' }, 'en-GB')).toContain('¥300');
  });
  it('are_kept_in_the_smallest_unit', () => {
    expect(minorOf(21000, 'IDR')).toBe(2_100_000);
    expect(minorOf('12.5', 'EUR')).toBe(1250);
    expect(minorOf('', 'EUR')).toBe(null);
    expect(minorOf('-1', 'EUR')).toBe(undefined);
    expect(minorOf('a', 'EUR')).toBe(undefined);
  });
});
