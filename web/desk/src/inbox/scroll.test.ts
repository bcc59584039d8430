import { expect, test } from 'vitest';
import { heldTop } from './scroll';

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

test('a row that is read stays where it is when others come above it or go', () => {
  const before = rows('a', 'b', 'c', 'd');
  expect(heldTop(before, rows('x', 'y', 'a', 'b', 'c', 'd'), 190, 86)).toBe(190 + 2 * 86);
  expect(heldTop(before, rows('b', 'c', 'd'), 190, 86)).toBe(190 - 86);
  expect(heldTop(before, rows('a', 'b', 'c', 'd', 'e'), 190, 86)).toBe(190);
});

test('at the top new rows come into sight, and a row that is gone holds nothing', () => {
  const before = rows('a', 'b');
  expect(heldTop(before, rows('x', 'a', 'b'), 0, 86)).toBeUndefined();
  expect(heldTop(before, rows('a'), 90, 86)).toBeUndefined();
  expect(heldTop(before, before, 900, 86)).toBeUndefined();
});
