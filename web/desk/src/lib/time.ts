import type { Translate } from '../i18n';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, options)));
  return made;
}

export function startOfDay(at: number): number {
  const day = new Date(at);
  return day.setHours(0, 0, 0, 0);
}

/** Whole days between two moments' calendar days. */
export function daysBetween(earlier: number, later: number): number {
  return Math.round((startOfDay(later) - startOfDay(earlier)) / DAY);
}

/** 10:18 (id: 10.18). */
export function clock(at: string | number, locale: string, timeZone?: string): string {
  return format(locale, { hour: 'numeric', minute: '2-digit', timeZone }).format(new Date(at));
}

/** A list's time: the clock today, the weekday this week, then the date. */
export function shortWhen(at: string | number, now: number, locale: string): string {
  const moment = new Date(at).getTime();
  const days = daysBetween(moment, now);
  if (days <= 0 && days > -1) return clock(moment, locale);
  if (days > 0 && days < 7) return format(locale, { weekday: 'short' }).format(moment);
  return dateWords(moment, now, locale);
}

/** 29 Oct, with the year where it is another one. */
export function dateWords(at: string | number, now: number, locale: string): string {
  const moment = new Date(at);
  const year = moment.getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric';
  return format(locale, { day: 'numeric', month: 'short', year }).format(moment);
}

/** Sat 21 Nov 8:14; today only 8:14. */
export function fullWhen(at: string | number, now: number, locale: string): string {
  const moment = new Date(at).getTime();
  if (daysBetween(moment, now) === 0) return clock(moment, locale);
  return `${format(locale, { weekday: 'short' }).format(moment)} ${dateWords(moment, now, locale)} ${clock(moment, locale)}`;
}

/** Everything, for titles and tables. */
export function exactWhen(at: string | number, locale: string): string {
  return format(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
}

/** A day's heading: Today, Yesterday, Saturday, 21 November. */
export function dayWords(at: string | number, now: number, locale: string, t: Translate): string {
  const moment = new Date(at).getTime();
  const days = daysBetween(moment, now);
  if (days === 0) return t('today');
  if (days === 1) return t('yesterday');
  const year = new Date(moment).getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric';
  return format(locale, { weekday: 'long', day: 'numeric', month: 'long', year }).format(moment);
}

/** 42 min, 1 h 10 min, 3 h, 2 d. Minutes are dropped from three hours on. */
export function durationWords(milliseconds: number, t: Translate): string {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE));
  if (minutes < 1) return t('dur.now');
  if (minutes < 60) return t('dur.min', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 3 && minutes % 60) return t('dur.hm', { h: hours, m: minutes % 60 });
  if (hours < 48) return t('dur.h', { n: hours });
  return t('dur.d', { n: Math.floor(hours / 24) });
}

/** "9 seconds ago", "4 min ago". */
export function agoWords(at: string | number, now: number, t: Translate): string {
  const passed = Math.max(0, now - new Date(at).getTime());
  const words =
    passed < MINUTE ? t('seconds', { n: Math.max(1, Math.round(passed / 1000)) }) : durationWords(passed, t);
  return t('ago', { words });
}

/** The next moment at `hour`:00, `days` from now. */
export function atHour(now: number, days: number, hour: number): Date {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  day.setHours(hour, 0, 0, 0);
  return day;
}

/** Days until the next Monday, 1 to 7. */
export function daysToMonday(now: number): number {
  return (8 - new Date(now).getDay()) % 7 || 7;
}

/** The value of an `<input type="datetime-local">`. */
export function localInput(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * MINUTE);
  return shifted.toISOString().slice(0, 16);
}
