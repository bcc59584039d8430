import type { Me } from '../api/types';

/** Parts of the settings that not everyone may open. */
export type Area = 'officers' | 'channels' | 'integrations' | 'audit' | 'quarantine' | 'canned';

/**
 * Who sees which part. The hub decides at every request; this only keeps doors out of sight
 * that would not open.
 */
export function may(me: Me, area: Area): boolean {
  if (me.role === 'administrator') return true;
  if (me.role === 'supervisor') return area === 'canned' || area === 'audit' || area === 'quarantine';
  return false;
}
