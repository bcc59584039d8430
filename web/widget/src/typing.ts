/** Tells that the visitor is writing: at once, again while he goes on, and when he stops. Never what. */

const AGAIN_AFTER = 3_000;
const STOPS_AFTER = 6_000;

export class Typing {
  #told = 0;
  #timer = 0;

  constructor(private readonly tell: (on: boolean) => void) {}

  now(on: boolean): void {
    const time = Date.now();
    clearTimeout(this.#timer);
    if (on) this.#timer = setTimeout(() => this.now(false), STOPS_AFTER) as unknown as number;
    if (on ? time - this.#told < AGAIN_AFTER : !this.#told) return;
    this.#told = on ? time : 0;
    this.tell(on);
  }
}
