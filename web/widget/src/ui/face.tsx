/** The round mark of who speaks. */

import type { Message } from '../types';
import { Icon } from './icons';

export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  const last = parts.length > 1 ? parts.at(-1) : '';
  return [parts[0], last]
    .map((part) => [...(part ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

/** What one is called by. */
export function firstName(name: string): string {
  return (name.trim().split(/\s+/)[0] ?? name).replace(/,$/, '');
}

export function Face({ name, from, small }: { name: string; from: Message['from']; small?: boolean }) {
  return (
    <span class={`face${small ? ' small' : ''}${from === 'bot' ? ' bot' : ''}`} aria-hidden="true">
      {from === 'bot' ? <Icon name="bot" small /> : initials(name)}
    </span>
  );
}
