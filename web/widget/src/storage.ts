/** What the browser keeps between pages, apart for each site and each person. */

export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  key(index: number): string | null;
  readonly length: number;
}

/** For browsers that keep nothing: it lasts as long as the page. */
export class Memory implements Store {
  #kept = new Map<string, string>();

  get length(): number {
    return this.#kept.size;
  }
  getItem(key: string): string | null {
    return this.#kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#kept.set(key, value);
  }
  removeItem(key: string): void {
    this.#kept.delete(key);
  }
  key(index: number): string | null {
    return [...this.#kept.keys()][index] ?? null;
  }
}

/** The browser's own store, if it may be used. */
export function browserStore(): Store {
  try {
    const probe = 'sapa.probe';
    localStorage.setItem(probe, '1');
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return new Memory();
  }
}

/** What is kept for one person on one site. */
export class Slot {
  constructor(
    readonly store: Store,
    readonly prefix: string,
  ) {}

  get(name: string): string | null {
    return this.store.getItem(this.prefix + name);
  }

  set(name: string, value: string | null): void {
    try {
      if (value === null) this.store.removeItem(this.prefix + name);
      else this.store.setItem(this.prefix + name, value);
    } catch {
      // The store is full; what is on the screen stays there.
    }
  }

  /** The names that begin so, in order. */
  names(begin = ''): string[] {
    const found: string[] = [];
    for (let index = 0; index < this.store.length; index++) {
      const key = this.store.key(index);
      if (key?.startsWith(this.prefix + begin)) found.push(key.slice(this.prefix.length));
    }
    return found.sort();
  }

  clear(): void {
    for (const name of this.names()) this.set(name, null);
  }
}
