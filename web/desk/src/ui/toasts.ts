import { useSyncExternalStore } from 'react';
import type { IconName } from './Sprite';

export interface Toast {
  id: number;
  text: string;
  icon?: IconName;
  tone?: 'ok' | 'bad';
  /** When it goes by itself; eight seconds unless told. */
  until: number;
  action?: { label: string; run: () => void };
  /** `z` does the action too. */
  undo?: boolean;
  /** Shows the seconds left. */
  counts?: boolean;
}

let current: Toast | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let last = 0;
const listeners = new Set<() => void>();

function set(toast: Toast | null): void {
  clearTimeout(timer);
  current = toast;
  if (toast) timer = setTimeout(() => set(null), Math.max(500, toast.until - Date.now()));
  listeners.forEach((tell) => tell());
}

/** Shows one toast in the place of the one before. */
export function toast(what: Omit<Toast, 'id' | 'until'> & { until?: number }): number {
  last += 1;
  set({ ...what, id: last, until: what.until ?? Date.now() + 8000 });
  return last;
}

export function closeToast(id?: number): void {
  if (id === undefined || current?.id === id) set(null);
}

/** Does what the shown toast offers to undo; false when there is nothing. */
export function undoLast(): boolean {
  if (!current?.undo || !current.action) return false;
  const { run } = current.action;
  set(null);
  run();
  return true;
}

export function useToast(): Toast | null {
  return useSyncExternalStore(subscribe, () => current);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
