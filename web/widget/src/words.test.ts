import { describe, expect, it } from 'vitest';

import { languageOf } from './language';
import { dayLabel, timeLabel } from './time';
import { initials } from './ui/face';

describe('words', () => {
  it('are in the first language that is known', () => {
    expect(languageOf(undefined, 'fr', 'en-GB')).toBe('en');
    expect(languageOf(null, '')).toBe('id');
  });

  it('say days and hours', () => {
    const now = new Date('2026-11-23T10:00:00');
    const words = { today: 'Hari ini', yesterday: 'Kemarin' } as Parameters<typeof dayLabel>[2];
    expect(dayLabel('2026-11-23T09:00:00', 'id', words, now)).toBe('Hari ini');
    expect(dayLabel('2026-11-22T23:59:00', 'id', words, now)).toBe('Kemarin');
    expect(dayLabel('2026-11-20T12:00:00', 'en', words, now)).toMatch(/Friday.*20|20.*Friday/);
    expect(dayLabel('2025-11-20T12:00:00', 'en', words, now)).toContain('2025');
    expect(timeLabel('2026-11-23T09:05:00')).toBe('09:05');
  });

  it('abbreviate names', () => {
    expect(['Dimas Prasetyo', 'Seru', 'kopi seruni raya', ''].map(initials)).toEqual(['DP', 'S', 'KR', '']);
  });
});
