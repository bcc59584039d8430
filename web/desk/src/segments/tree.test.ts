import { describe, expect, it } from 'vitest';
import { added, at, fresh, isComplete, pruned, replaced, size, type Condition } from './tree';

const city = (value: string): Condition => ({
  type: 'profile',
  field: 'city',
  op: 'is',
  values: value ? [value] : [],
});
const tree: Condition = {
  type: 'all',
  of: [city('Bandung'), { type: 'any', of: [city(''), city('Medan')] }],
};

describe('tree', () => {
  it('changes_one_place_and_leaves_the_others', () => {
    const changed = replaced(tree, [1, 1], city('Solo'));
    expect(at(changed, [1, 1])).toEqual(city('Solo'));
    expect(at(changed, [0])).toBe(at(tree, [0]));
    expect(at(replaced(tree, [1, 0], null), [1, 0])).toEqual(city('Medan'));
    expect(at(added(tree, [1], city('Solo')), [1, 2])).toEqual(city('Solo'));
    expect(size(tree)).toBe(5);
  });

  it('asks_the_hub_only_what_is_complete_and_numbers_it_as_the_hub_does', () => {
    const { condition, numbers, left } = pruned(tree);
    expect(condition).toEqual({ type: 'all', of: [city('Bandung'), { type: 'any', of: [city('Medan')] }] });
    expect([...numbers]).toEqual([
      ['', 0],
      ['0', 1],
      ['1', 2],
      ['1.1', 3],
    ]);
    expect(left).toBe(1);
  });

  it('knows_what_a_new_condition_still_lacks', () => {
    const complete = Object.entries(fresh).filter(([, leaf]) => isComplete(leaf));
    expect(complete.map(([kind]) => kind)).toEqual([
      'company',
      'consent',
      'reachable',
      'first_seen',
      'last_contact',
      'tickets',
      'open_conversation',
    ]);
  });
});
