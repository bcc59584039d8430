/** A browser's session with the hub: its secret, and what the site looks like. */

import type { Session } from './types';

/** The hub will not talk to this page, now or later. */
export class Forbidden extends Error {}

export async function fetchSession(
  url: string,
  visitor: string | null,
  token: string | null,
): Promise<Session> {
  const answer = await fetch(`${url}/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ visitor, token }),
    credentials: 'omit',
  });
  if (answer.status === 403 || answer.status === 404) {
    throw new Forbidden('Sapa: this page is not one of the site’s, or there is no such site');
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Session;
}
