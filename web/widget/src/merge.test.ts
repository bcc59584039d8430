import { describe, expect, it } from 'vitest';

import { acknowledged, edit, merge, retract, unread } from './merge';
import { choices, groups } from './rows';
import type { Message } from './types';

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  seq,
  id: `m${seq}`,
  client_id: null,
  from: 'officer',
  name: 'Dimas',
  text: String(seq),
  files: [],
  buttons: [],
  at: `2026-11-23T10:${String(seq).padStart(2, '0')}:00`,
  ...more,
});
const seqs = (list: Message[]) => list.map((entry) => entry.seq);

describe('the list of messages', () => {
  it('has one of each in the order of the log, however they come', () => {
    let list = merge([], [message(3), message(1)]);
    list = merge(list, [message(2), message(3), message(1, { text: 'newer' })]);
    expect(seqs(list)).toEqual([1, 2, 3]);
    expect(list[0]?.text).toBe('newer');
  });

  it('knows what was said here by its client id', () => {
    const waiting = { id: 'c1', frame: '', text: 'Halo', files: [], at: '' };
    const said = acknowledged([], waiting, 5, '2026-11-23T10:00:00');
    const list = merge([said], [message(5, { from: 'visitor', client_id: 'c1' })]);
    expect(list.map((entry) => entry.id)).toEqual(['m5']);
  });

  it('keeps what has no place in the log last', () => {
    const waiting = { id: 'c1', frame: '', text: 'Halo', files: [], at: '' };
    const list = merge([message(5)], [acknowledged([message(5)], waiting, 0, '')]);
    expect(seqs(merge(list, [message(6)]))).toEqual([5, 5.001, 6]);
  });

  it('keeps showing a picture by the address it was shown by', () => {
    const file = { id: 'f', name: 'a.png', media_type: 'image/png', size: 1 };
    const own = message(1, { id: 'c1', client_id: 'c1', files: [{ ...file, url: 'blob:x' }] });
    const [merged] = merge(
      [own],
      [message(1, { client_id: 'c1', files: [{ ...file, url: '/chat/files/f' }] })],
    );
    expect(merged?.files[0]?.url).toBe('blob:x');
  });

  it('changes and takes back, also when the message comes once more', () => {
    let list = edit([message(1), message(2)], 'm1', 'baru');
    expect(list[0]).toMatchObject({ text: 'baru', edited: true });
    list = merge(retract(list, 'm2'), [message(2)]);
    expect(list[1]?.retracted).toBe(true);
  });

  it('counts what others said and was not read', () => {
    const list = [message(1), message(2, { from: 'visitor' }), message(3), message(4)];
    expect(seqs(unread(list, 1))).toEqual([3, 4]);
    expect(unread(retract(list, 'm3'), 3)).toHaveLength(1);
  });
});

describe('the rows', () => {
  it('part days, speakers and pauses', () => {
    const list = [
      message(1),
      message(2),
      message(3, { from: 'visitor', name: null }),
      message(20),
      message(21, { at: '2026-11-24T09:00:00' }),
    ];
    const rows = groups(list).map((group) => [group.messages.length, group.day !== null]);
    expect(rows).toEqual([
      [2, true],
      [1, false],
      [1, false],
      [1, true],
    ]);
  });

  it('offer the choices of the newest message until something is said', () => {
    const asked = message(1, { buttons: [{ label: 'Ya' }] });
    expect(choices([asked], 0)).toEqual(['Ya']);
    expect(choices([asked], 1)).toEqual([]);
    expect(choices([asked, message(2, { from: 'visitor' })], 0)).toEqual([]);
  });
});
