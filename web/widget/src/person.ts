/** Who sits at the browser: a stranger, or a customer whom the shop signed in. Each has a slot of their own,
 * so that nobody sees what another said here before. */

import { Slot, type Store } from './storage';

/** The customer's id in a shop's token. The widget cannot check the token; the hub does. */
export function subjectOf(token: string): string | null {
  try {
    const part = (token.split('.')[0] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
    const payload: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const sub = (payload as { sub?: unknown } | null)?.sub;
    return typeof sub === 'string' && sub ? sub : null;
  } catch {
    return null;
  }
}

/** The slot of whoever the token speaks of. What a stranger began here goes on in the customer's name: his
 * browser's secret and what still waits are moved, and the next stranger starts with nothing. */
export function slotFor(store: Store, site: string, token: string | null): Slot {
  const stranger = new Slot(store, `sapa.${site}.v.`);
  const subject = token === null ? null : subjectOf(token);
  if (subject === null) return stranger;
  const customer = new Slot(store, `sapa.${site}.c.${encodeURIComponent(subject)}.`);
  const began = stranger.get('said') !== null && customer.names('out.').length === 0;
  if (began || customer.get('visitor') === null) {
    for (const name of stranger.names()) {
      customer.set(name, stranger.get(name));
    }
    stranger.clear();
  }
  return customer;
}
