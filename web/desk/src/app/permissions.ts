import type { Me, Permission } from '../api/types';

/** Whether the officer's role allows it. */
export function can(me: Me, permission: Permission): boolean {
  return me.permissions.includes(permission);
}

/** Parts of the settings that not everyone may open, and the permission that opens each. */
const needed = {
  officers: ['officers:manage'],
  channels: ['channels:manage'],
  tokens: ['tokens:manage'],
  webhooks: ['webhooks:manage'],
  bots: ['bots:manage'],
  audit: ['audit:read'],
  quarantine: ['quarantine:manage'],
  canned: ['canned:write'],
  tickets: ['tickets:settings'],
  mailings: ['mailings:read'],
  'mailings.write': ['mailings:write'],
  'mailings.send': ['mailings:send'],
} satisfies Record<string, Permission[]>;

export type Area = keyof typeof needed;

/**
 * Who sees which part. The hub decides at every request; this only keeps doors out of sight
 * that would not open.
 */
export function may(me: Me, area: Area): boolean {
  return needed[area].some((permission) => me.permissions.includes(permission as Permission));
}
