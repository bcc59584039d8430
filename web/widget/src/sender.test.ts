import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Outbox } from './outbox';
import { Sender } from './sender';
import { Memory, Slot } from './storage';

let outbox: Outbox;
let sent: string[];
let connected: boolean;
let sender: Sender;

beforeEach(() => {
  vi.useFakeTimers();
  outbox = new Outbox(new Slot(new Memory(), 'x.'));
  sent = [];
  connected = true;
  const send = (frame: string) => {
    if (connected) sent.push((JSON.parse(frame) as { text: string }).text);
    return connected;
  };
  sender = new Sender(outbox, send, () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
});

const say = (...texts: string[]) => texts.map((text) => outbox.add(text, [], 'https://a.example').id);

describe('the sender', () => {
  it('sends one thing at a time', () => {
    const [one = '', two = ''] = say('satu', 'dua', 'tiga');
    sender.next();
    sender.next();
    expect(sent).toEqual(['satu']);
    expect(sender.stored(one)?.text).toBe('satu');
    sender.stored(two);
    expect(sent).toEqual(['satu', 'dua', 'tiga']);
  });

  it('waits with all when the hub says later', () => {
    const [one = ''] = say('satu', 'dua');
    sender.next();
    sender.refused(one, 'unavailable');
    expect(sent).toEqual(['satu']);
    vi.advanceTimersByTime(6_000);
    expect(sent).toEqual(['satu', 'satu']);
  });

  it('goes on past what will never be taken', () => {
    const [one = ''] = say('satu', 'dua');
    sender.next();
    sender.refused(one, 'conflict');
    expect(sent).toEqual(['satu', 'dua']);
    expect(outbox.all().map((entry) => entry.failed)).toEqual(['conflict', undefined]);
  });

  it('begins again with the same after a lost connection', () => {
    say('satu', 'dua');
    sender.next();
    sender.lost();
    connected = false;
    sender.next();
    connected = true;
    sender.next();
    expect(sent).toEqual(['satu', 'satu']);
  });
});
