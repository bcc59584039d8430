import { useEffect, useRef, type RefObject } from 'react';
import type { TimelineItem } from '../api/types';
import { itemKey } from '../lib/timeline';

const MOST_PAGES = 30;

interface Options {
  box: RefObject<HTMLDivElement | null>;
  items: TimelineItem[];
  conversation: string;
  /** A message that a link or a search hit points to. */
  target: string | undefined;
  more: (() => Promise<unknown>) | undefined;
}

/** The line to show first: the message asked for, or the end of a conversation that is not the newest. */
function wanted(
  items: TimelineItem[],
  conversation: string,
  target: string | undefined,
): string | null | 'end' {
  if (target) return items.some((item) => itemKey(item) === `m-${target}`) ? `m-${target}` : null;
  const newest = items.findLast((item) => item.type === 'message');
  if (newest?.type === 'message' && newest.message.conversation_id === conversation) return 'end';
  const ours = items.findLast(
    (item) => item.type === 'message' && item.message.conversation_id === conversation,
  );
  return ours ? itemKey(ours) : null;
}

/** Goes once to where the reader wanted to be, loading further back as long as it takes. */
export function useGoTo({ box, items, conversation, target, more }: Options): void {
  const done = useRef<string | null>(null);
  const pages = useRef(0);
  const goal = target ?? conversation;
  useEffect(() => {
    if (done.current === goal || items.length === 0) return;
    const key = wanted(items, conversation, target);
    if (key === null) {
      pages.current += 1;
      if (more && pages.current < MOST_PAGES) void more();
      else done.current = goal;
      return;
    }
    done.current = goal;
    if (key === 'end') return;
    const line = box.current?.querySelector(`[data-line="${CSS.escape(key)}"]`);
    line?.scrollIntoView({ block: target ? 'center' : 'end' });
    if (!target) return;
    line?.classList.add('found');
    setTimeout(() => line?.classList.remove('found'), 2400);
  }, [box, items, conversation, target, goal, more]);
}
