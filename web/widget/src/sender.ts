/** Empties the outbox, one thing at a time, so that the order holds: the next goes when the hub has stored this one. */

import type { Outbox } from './outbox';
import type { NackCode, Waiting } from './types';

const AGAIN_AFTER = 3_000;

export class Sender {
  #sending: string | null = null;
  #timer = 0;

  constructor(
    private readonly outbox: Outbox,
    private readonly send: (frame: string) => boolean,
    private readonly changed: (tooFast: boolean) => void,
  ) {}

  next(): void {
    const next = this.outbox.next();
    if (!this.#sending && next && this.send(next.frame)) this.#sending = next.id;
  }

  /** The connection is lost: nothing is on its way any more. */
  lost(): void {
    this.#sending = null;
    clearTimeout(this.#timer);
  }

  /** The hub has stored it. Tells what it was, unless that is known already. */
  stored(id: string): Waiting | undefined {
    const waiting = this.outbox.all().find((entry) => entry.id === id);
    this.outbox.remove(id);
    this.#settled(id);
    return waiting;
  }

  /** The hub has not taken it. What may go later stays first in its place. */
  refused(id: string, code: NackCode): void {
    if (code === 'rate' || code === 'unavailable' || code === 'full') {
      this.changed(code === 'rate');
      const delay = AGAIN_AFTER * (1 + Math.random());
      this.#timer = setTimeout(() => this.#settled(id), delay) as unknown as number;
    } else {
      this.outbox.fail(id, code);
      this.#settled(id);
    }
  }

  #settled(id: string): void {
    if (this.#sending === id) this.#sending = null;
    this.changed(false);
    this.next();
  }
}
