import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

const AT_BOTTOM = 24;

/**
 * Keeps what is read where it is. The box is laid out from the bottom up (`column-reverse`), so
 * that its scroll offset counts from the newest line: at the bottom it follows; further up the
 * line at the top of the view is held in its place whatever comes above or below it.
 */
export function useAnchor(box: RefObject<HTMLDivElement | null>, changes: unknown) {
  const held = useRef<{ element: Element; top: number } | null>(null);

  const note = useCallback(() => {
    const element = box.current;
    if (!element) return;
    if (element.scrollTop > -AT_BOTTOM) {
      held.current = null;
      return;
    }
    const top = element.getBoundingClientRect().top;
    for (const line of element.querySelectorAll('[data-line]')) {
      const place = line.getBoundingClientRect();
      if (place.bottom > top + 8) {
        held.current = { element: line, top: place.top };
        return;
      }
    }
  }, [box]);

  const restore = useCallback(() => {
    const element = box.current;
    const anchor = held.current;
    if (!element || !anchor?.element.isConnected) return;
    const moved = anchor.element.getBoundingClientRect().top - anchor.top;
    if (Math.abs(moved) > 0.5) element.scrollTop += moved;
  }, [box]);

  useLayoutEffect(restore, [changes, restore]);
  useEffect(() => {
    const inner = box.current?.firstElementChild;
    if (!inner) return;
    const watch = new ResizeObserver(restore);
    watch.observe(inner);
    return () => watch.disconnect();
  }, [box, restore]);
  return { note, atBottom: useCallback(() => (box.current?.scrollTop ?? 0) > -AT_BOTTOM, [box]) };
}
