/** What was said and is not yet stored by the hub. It survives the page, and leaves only when it is acknowledged
 * or taken back. One entry a key, so that several tabs can write without losing what another wrote. */

import type { Slot } from './storage';
import type { ClientFrame, NackCode, SentFile, Waiting } from './types';

let counter = 0;

export class Outbox {
  constructor(private readonly slot: Slot) {}

  all(): Waiting[] {
    return this.slot.names('out.').flatMap((name) => {
      try {
        return [JSON.parse(this.slot.get(name) ?? '') as Waiting];
      } catch {
        return [];
      }
    });
  }

  add(text: string, files: SentFile[], page: string, now = new Date()): Waiting {
    const id = crypto.randomUUID();
    const frame: ClientFrame = { t: 'say', id, text, files: files.map((file) => file.id), page };
    const waiting: Waiting = { id, frame: JSON.stringify(frame), text, files, at: now.toISOString() };
    const place = `${now.getTime().toString(36).padStart(9, '0')}-${(counter++).toString(36).padStart(4, '0')}`;
    this.slot.set(`out.${place}.${id}`, JSON.stringify(waiting));
    return waiting;
  }

  /** The first that can be sent: one that failed for good is passed over. */
  next(): Waiting | undefined {
    return this.all().find((waiting) => !waiting.failed);
  }

  remove(id: string): void {
    const name = this.#name(id);
    if (name) this.slot.set(name, null);
  }

  fail(id: string, failed: NackCode): void {
    const name = this.#name(id);
    const waiting = this.all().find((entry) => entry.id === id);
    if (name && waiting) this.slot.set(name, JSON.stringify({ ...waiting, failed }));
  }

  #name(id: string): string | undefined {
    return this.slot.names('out.').find((name) => name.endsWith(id));
  }
}
