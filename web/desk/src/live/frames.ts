import type { LiveEvent, OfficerRef } from '../api/types';

export interface Present extends OfficerRef {
  typing: boolean;
}

/** What the hub says over the live connection. */
export type Frame =
  | { type: 'ready'; seq: number }
  | { type: 'reload'; seq: number }
  | { type: 'event'; event: LiveEvent }
  | { type: 'presence'; conversation_id: string; officers: Present[] }
  | { type: 'customer_typing'; conversation_id: string; on: boolean }
  | { type: 'online'; count: number }
  | { type: 'pong' };

/** What the desk says. */
export type Said =
  | { type: 'hello'; since: number }
  | { type: 'viewing'; conversation_id: string | null }
  | { type: 'typing'; conversation_id: string; on: boolean }
  | { type: 'ping' };

/** A frame, or null where it is none: a newer hub may say more than we know. */
export function readFrame(text: string): Frame | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'type' in value ? (value as Frame) : null;
  } catch {
    return null;
  }
}
