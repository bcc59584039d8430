import { describe, expect, it } from 'vitest';
import { textsOf } from '../i18n';
import { agoWords, atHour, dateWords, daysToMonday, dayWords, durationWords, shortWhen } from './time';

const now = new Date(2026, 10, 23, 10, 19).getTime();
const at = (day: number, hour = 9, minute = 5) => new Date(2026, 10, day, hour, minute).getTime();
const { t } = textsOf('en');
const indonesian = textsOf('id').t;

describe('time words', () => {
  it('says_the_clock_today_the_weekday_this_week_and_the_date_before', () => {
    expect(shortWhen(at(23, 9, 37), now, 'en-GB')).toBe('9:37');
    expect(shortWhen(at(22), now, 'en-GB')).toBe('Sun');
    expect(shortWhen(at(3), now, 'en-GB')).toBe('3 Nov');
    expect(shortWhen(at(23, 9, 37), now, 'id-ID')).toBe('9.37');
  });

  it('names_the_year_only_where_it_is_another_one', () => {
    expect(dateWords(new Date(2025, 9, 29).getTime(), now, 'en-GB')).toBe('29 Oct 2025');
    expect(dateWords(new Date(2026, 9, 29).getTime(), now, 'en-GB')).toBe('29 Oct');
  });

  it('heads_days_with_today_and_yesterday', () => {
    expect(dayWords(at(23), now, 'en-GB', t)).toBe('Today');
    expect(dayWords(at(22), now, 'id-ID', indonesian)).toBe('Kemarin');
    expect(dayWords(at(21), now, 'en-GB', t)).toContain('Saturday');
  });

  it('keeps_durations_short', () => {
    const minutes = (n: number) => durationWords(n * 60_000, t);
    expect(minutes(0.5)).toBe('just now');
    expect(minutes(42)).toBe('42 min');
    expect(minutes(70)).toBe('1 h 10 min');
    expect(minutes(190)).toBe('3 h');
    expect(minutes(60 * 50)).toBe('2 d');
    expect(durationWords(42 * 60_000, indonesian)).toBe('42 mnt');
  });

  it('says_seconds_ago_for_what_just_happened', () => {
    expect(agoWords(now - 9000, now, t)).toBe('9 seconds ago');
    expect(agoWords(now - 1000, now, t)).toBe('1 second ago');
    expect(agoWords(now - 240_000, now, indonesian)).toBe('4 mnt lalu');
  });

  it('finds_the_next_monday_never_today', () => {
    expect(daysToMonday(now)).toBe(7);
    expect(daysToMonday(at(24))).toBe(6);
    expect(atHour(now, 1, 9).getHours()).toBe(9);
  });
});
