const SOON = 30 * 60_000;

export type DueState = 'calm' | 'soon' | 'late';

/** How a due time looks: late once it has passed, soon with under half an hour left or after 75 % of the time. */
export function dueState(dueAt: string, openedAt: string, now: number): DueState {
  const due = new Date(dueAt).getTime();
  if (now > due) return 'late';
  const opened = new Date(openedAt).getTime();
  return due - now < SOON || (now - opened) * 4 >= (due - opened) * 3 ? 'soon' : 'calm';
}
