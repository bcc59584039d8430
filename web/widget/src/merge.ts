/** The list of messages: one of each, in the order of the log. */

import type { Message, SentFile, Waiting } from './types';

const same = (a: Message, b: Message) =>
  a.id === b.id || (a.client_id !== null && a.client_id === b.client_id);

/** The list with these in it. One that is there already is replaced. */
export function merge(list: Message[], arrived: Message[]): Message[] {
  let merged = list;
  for (const message of arrived) {
    const known = merged.find((other) => same(other, message));
    const kept = known?.retracted ? { ...message, retracted: true } : message;
    merged = [...merged.filter((other) => other !== known), withOwnPictures(kept, known)];
  }
  return merged.sort((a, b) => a.seq - b.seq);
}

/** A picture that was just sent keeps the address it is shown by, so that it does not flicker. */
function withOwnPictures(message: Message, known: Message | undefined): Message {
  const own = known?.files.filter((file) => file.url.startsWith('blob:')) ?? [];
  if (!own.length || own.length !== message.files.length) return message;
  const files = message.files.map((file, index): SentFile => ({ ...file, url: own[index]?.url ?? file.url }));
  return { ...message, files };
}

/** What waited, as the message it has become. Without a place in the log it stays last. */
export function acknowledged(list: Message[], waiting: Waiting, seq: number, at: string): Message {
  const last = list.at(-1)?.seq ?? 0;
  return {
    seq: seq || last + 0.001,
    id: waiting.id,
    client_id: waiting.id,
    from: 'visitor',
    name: null,
    text: waiting.text,
    files: waiting.files,
    buttons: [],
    at,
  };
}

export function edit(list: Message[], id: string, text: string): Message[] {
  return list.map((message) => (message.id === id ? { ...message, text, edited: true } : message));
}

export function retract(list: Message[], id: string): Message[] {
  return list.map((message) =>
    message.id === id ? { ...message, text: '', files: [], buttons: [], retracted: true } : message,
  );
}

/** What the visitor has not read. */
export function unread(list: Message[], read: number): Message[] {
  return list.filter((message) => message.from !== 'visitor' && !message.retracted && message.seq > read);
}
