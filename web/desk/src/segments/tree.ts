/** The tree of conditions as the editor holds it, and what may be done to it. */
import type { components } from '../api/schema';

/** A tree in the shape of the API's description. */
export function asSent(condition: Condition): components['schemas']['Condition'] {
  return condition as components['schemas']['Condition'];
}

export type TextOp = 'is' | 'is_not' | 'contains' | 'begins_with' | 'one_of' | 'is_set' | 'is_not_set';
export type ProfileField = 'name' | 'language' | 'city' | 'company' | 'timezone';
export type When =
  | { op: 'before' | 'after'; at: string }
  | { op: 'within_days' | 'more_than_days'; days: number }
  | { op: 'never' };
export type Group = { type: 'all' | 'any' | 'none'; of: Condition[] };
export type Leaf =
  | { type: 'profile'; field: ProfileField; op: TextOp; values?: string[] }
  | { type: 'field'; key: string; op: TextOp; values?: string[] }
  | { type: 'tag'; tag: string; has: boolean }
  | { type: 'first_seen'; when: When }
  | { type: 'consent'; kind: string; state: 'granted' | 'withdrawn' | 'never' }
  | { type: 'reachable'; kind: string; verified: boolean }
  | { type: 'last_contact'; direction: 'inbound' | 'outbound' | 'any'; when: When }
  | {
      type: 'tickets';
      at_least: number;
      status?: 'open' | 'solved' | null;
      kind?: 'complaint' | 'request' | 'question' | null;
      within_days?: number | null;
    }
  | { type: 'open_conversation'; has: boolean };
export type Condition = Group | Leaf;

/** Where a condition stands: the places to take from the root. */
export type Path = readonly number[];

/** How deep groups may lie in groups, and how many conditions there may be: as the hub has it. */
export const DEPTH = 6;
export const NODES = 100;

export const everybody: Group = { type: 'all', of: [] };

export function isGroup(condition: Condition): condition is Group {
  return condition.type === 'all' || condition.type === 'any' || condition.type === 'none';
}

/** The tree with another condition, or none, at a place. */
export function replaced(tree: Condition, path: Path, by: Condition | null): Condition {
  const [first, ...rest] = path;
  if (first === undefined) return by ?? everybody;
  if (!isGroup(tree)) return tree;
  const of = tree.of.flatMap((child, at) => {
    if (at !== first) return [child];
    if (rest.length === 0) return by ? [by] : [];
    return [replaced(child, rest, by)];
  });
  return { ...tree, of };
}

/** The tree with one more condition at the end of the group at a place. */
export function added(tree: Condition, path: Path, child: Condition): Condition {
  const group = at(tree, path);
  return group && isGroup(group) ? replaced(tree, path, { ...group, of: [...group.of, child] }) : tree;
}

export function at(tree: Condition, path: Path): Condition | undefined {
  return path.reduce<Condition | undefined>(
    (here, place) => (here && isGroup(here) ? here.of[place] : undefined),
    tree,
  );
}

export function size(tree: Condition): number {
  return isGroup(tree) ? tree.of.reduce((sum, child) => sum + size(child), 1) : 1;
}

const needsValue = (op: TextOp) => op !== 'is_set' && op !== 'is_not_set';

function whenIsComplete(when: When): boolean {
  if (when.op === 'never') return true;
  if ('at' in when) return when.at !== '';
  return Number.isInteger(when.days) && when.days >= 1 && when.days <= 36_500;
}

/** Whether a condition says all that it must. */
export function isComplete(leaf: Leaf): boolean {
  switch (leaf.type) {
    case 'profile':
    case 'field':
      if (leaf.type === 'field' && !leaf.key.trim()) return false;
      return !needsValue(leaf.op) || (leaf.values ?? []).some((value) => value.trim() !== '');
    case 'tag':
      return leaf.tag.trim() !== '';
    case 'first_seen':
    case 'last_contact':
      return whenIsComplete(leaf.when);
    case 'tickets':
      return (
        Number.isInteger(leaf.at_least) &&
        leaf.at_least >= 1 &&
        leaf.at_least <= 1000 &&
        leaf.within_days !== 0
      );
    default:
      return true;
  }
}

export interface Pruned {
  /** The tree without what is not complete. */
  condition: Condition;
  /** By path (joined by dots): the number by which the hub counts and explains it. */
  numbers: Map<string, number>;
  /** How many conditions were left out. */
  left: number;
}

/** What of a tree can be asked of the hub: the root first, each group before what it holds. */
export function pruned(tree: Condition): Pruned {
  const numbers = new Map<string, number>();
  let left = 0;
  const walk = (here: Condition, path: Path): Condition | null => {
    if (!isGroup(here)) {
      if (!isComplete(here)) {
        left += 1;
        return null;
      }
      numbers.set(path.join('.'), numbers.size);
      return here;
    }
    numbers.set(path.join('.'), numbers.size);
    return { ...here, of: here.of.flatMap((child, place) => walk(child, [...path, place]) ?? []) };
  };
  const condition = walk(tree, []) ?? everybody;
  return { condition, numbers, left };
}

/** A new condition of a kind, still to be filled in. */
export const fresh: Record<string, Leaf> = {
  city: { type: 'profile', field: 'city', op: 'is', values: [] },
  name: { type: 'profile', field: 'name', op: 'contains', values: [] },
  language: { type: 'profile', field: 'language', op: 'is', values: [] },
  company: { type: 'profile', field: 'company', op: 'is_set', values: [] },
  timezone: { type: 'profile', field: 'timezone', op: 'is', values: [] },
  field: { type: 'field', key: '', op: 'is', values: [] },
  tag: { type: 'tag', tag: '', has: true },
  consent: { type: 'consent', kind: 'email', state: 'granted' },
  reachable: { type: 'reachable', kind: 'email', verified: false },
  first_seen: { type: 'first_seen', when: { op: 'within_days', days: 30 } },
  last_contact: { type: 'last_contact', direction: 'any', when: { op: 'more_than_days', days: 30 } },
  tickets: { type: 'tickets', at_least: 1, status: 'open', kind: 'complaint' },
  open_conversation: { type: 'open_conversation', has: true },
};

/** Which of the new ones a condition is like. */
export function kindOf(leaf: Leaf): string {
  return leaf.type === 'profile' ? leaf.field : leaf.type;
}
