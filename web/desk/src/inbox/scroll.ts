const kept = new Map<string, number>();

/** Where a list was scrolled to when it was left. */
export function keptScroll(key: string): number {
  return kept.get(key) ?? 0;
}

export function keepScroll(key: string, top: number): void {
  kept.set(key, top);
}
