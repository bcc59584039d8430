/**
 * What stands behind the `?` of an address: texts, as they were typed. The router's own reading takes `?q=68011107` for
 * a number and `?q=null` for nothing, and an officer who looks for an order by its number finds none.
 */
export function readSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

/** Writes it. What is not given is left out. */
export function writeSearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      query.set(name, String(value));
  }
  const text = query.toString();
  return text && `?${text}`;
}
