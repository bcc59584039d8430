import { expect, test } from 'vitest';
import { readSearch, writeSearch } from './address';

test.each([
  '68011107',
  '1e999',
  '00042',
  '12345678901234567890',
  'null',
  'true',
  '"x"',
  '{"a":1}',
  'a b&c=d?#é',
])('what is looked for is a text, also where it looks like something else: %s', (q) => {
  expect(readSearch(`?q=${encodeURIComponent(q)}`)).toEqual({ q });
  expect(readSearch(writeSearch({ q }))).toEqual({ q });
});

test('what is not given is not in the address', () => {
  expect(writeSearch({ q: undefined, type: null })).toBe('');
  expect(writeSearch({ ended: true, then: '/inbox/mine' })).toBe('?ended=true&then=%2Finbox%2Fmine');
  expect(readSearch('')).toEqual({});
});
