/** Messages as they stand below each other: by day, and by who speaks. */

import { dayOf } from './time';
import type { Message } from './types';

export interface Group {
  key: string;
  /** Set on the first of a day. */
  day: string | null;
  from: Message['from'];
  name: string | null;
  messages: Message[];
}

const PAUSE = 5 * 60_000;

export function groups(messages: Message[]): Group[] {
  const found: Group[] = [];
  let last: Message | undefined;
  for (const message of messages) {
    const newDay = !last || dayOf(last.at) !== dayOf(message.at);
    const paused = last && new Date(message.at).getTime() - new Date(last.at).getTime() > PAUSE;
    if (newDay || paused || !last || last.from !== message.from || last.name !== message.name) {
      const { from, name, at } = message;
      found.push({ key: message.client_id ?? message.id, day: newDay ? at : null, from, name, messages: [] });
    }
    found.at(-1)?.messages.push(message);
    last = message;
  }
  return found;
}

/** The answers that may be chosen now: those of the newest message, if it is not the visitor's. */
export function choices(messages: Message[], waiting: number): string[] {
  const last = messages.at(-1);
  return last && !waiting && last.from !== 'visitor' ? last.buttons.map((button) => button.label) : [];
}
