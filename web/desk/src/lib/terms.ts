/** An entry of a tree: a category or a cause. */
export interface Term {
  id: string;
  parent_id: string | null;
  name: string;
  archived: boolean;
}

const PART = ' › ';

/** An entry's name after those above it: Delivery › Late. */
export function pathOf(terms: Term[], id: string): string {
  const names: string[] = [];
  const seen = new Set<string>();
  for (let at: string | null = id; at !== null && !seen.has(at);) {
    const term = terms.find((one) => one.id === at);
    if (!term) break;
    seen.add(at);
    names.unshift(term.name);
    at = term.parent_id;
  }
  return names.join(PART);
}

/** The tree from above to below, each with how deep it stands. */
export function inOrder<T extends Term>(terms: T[], archived = false): { term: T; depth: number }[] {
  const shown = archived ? terms : terms.filter((one) => !one.archived);
  const known = new Set(shown.map((one) => one.id));
  const below = (parent: string | null, depth: number): { term: T; depth: number }[] =>
    shown
      .filter((one) => (one.parent_id !== null && known.has(one.parent_id) ? one.parent_id : null) === parent)
      .flatMap((term) => [{ term, depth }, ...below(term.id, depth + 1)]);
  return below(null, 0);
}

/** What can be chosen, by its whole path; what is chosen already stays, archived or not. */
export function choices(terms: Term[], chosen?: string | null): { value: string; label: string }[] {
  const old = terms.filter((one) => one.archived && one.id === chosen);
  return [...inOrder(terms).map((one) => one.term), ...old].map((term) => ({
    value: term.id,
    label: pathOf(terms, term.id),
  }));
}
