/** Days and hours as they are said. */

import type { Language } from './language';
import type { Words } from './messages';

const day = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

export function dayOf(at: string): number {
  return day(new Date(at));
}

/** "Today", "Yesterday", or the date; with the year if it is another one. */
export function dayLabel(at: string, language: Language, words: Words, now = new Date()): string {
  const date = new Date(at);
  const ago = Math.round((day(now) - day(date)) / 86_400_000);
  if (ago === 0) return words.today;
  if (ago === 1) return words.yesterday;
  const year = date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return date.toLocaleDateString(language, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}

export function timeLabel(at: string): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function sizeLabel(bytes: number): string {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
