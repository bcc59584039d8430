const kept = new Map<string, number>();

/** Where a list was scrolled to when it was left. */
export function keptScroll(key: string): number {
  return kept.get(key) ?? 0;
}

export function keepScroll(key: string, top: number): void {
  kept.set(key, top);
}

/**
 * How far down the list must be scrolled, in pixels, for the row that stood at `top` to stay where it is.
 * Undefined where nothing is to be held: at the top, where new rows are wanted in sight, or when the row is gone.
 */
export function heldTop(
  before: readonly { id: string }[],
  after: readonly { id: string }[],
  top: number,
  height: number,
): number | undefined {
  if (top < 8) return undefined;
  const held = before[Math.floor(top / height)];
  const at = held ? after.findIndex((row) => row.id === held.id) : -1;
  return at < 0 ? undefined : at * height + (top % height);
}
