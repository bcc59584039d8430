import { describe, expect, it } from 'vitest';
import { choices, inOrder, pathOf } from './terms';

const term = (id: string, parent_id: string | null, archived = false) => ({
  id,
  parent_id,
  name: id.toUpperCase(),
  archived,
});
const tree = [
  term('late', 'delivery'),
  term('old', 'delivery', true),
  term('delivery', null),
  term('money', null),
];

describe('a tree of categories', () => {
  it('names_an_entry_after_those_above_it', () => {
    expect(pathOf(tree, 'late')).toBe('DELIVERY › LATE');
    expect(pathOf(tree, 'nothing')).toBe('');
  });
  it('lists_what_is_below_after_what_is_above', () => {
    expect(inOrder(tree).map(({ term: one, depth }) => `${one.id} ${depth}`)).toEqual([
      'delivery 0',
      'late 1',
      'money 0',
    ]);
    expect(inOrder(tree, true)).toHaveLength(4);
  });
  it('offers_archived_ones_only_where_they_are_chosen', () => {
    expect(choices(tree).map((one) => one.value)).not.toContain('old');
    expect(choices(tree, 'old').map((one) => one.label)).toContain('DELIVERY › OLD');
  });
});
