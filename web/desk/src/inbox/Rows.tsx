import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { ConversationRow } from '../api/types';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { useAction } from '../keys/ActionsProvider';
import { Row } from './Row';
import { heldTop, keptScroll, keepScroll } from './scroll';

const HEIGHT = 86;
const phone = () => window.matchMedia('(max-width: 720px)').matches;

interface Props {
  rows: ConversationRow[];
  current: string | undefined;
  /** Under which name the scroll position is kept. */
  scrollKey: string;
  picked: ReadonlySet<string>;
  onPick: (picked: ReadonlySet<string>) => void;
  onOpen: (row: ConversationRow) => void;
  /** Loads the next page; undefined while there is none or it is under way. */
  more?: () => void;
}

/** The rows in view, of however many there are. What is read does not move when others come. */
export function Rows({ rows, current, scrollKey, picked, onPick, onOpen, more }: Props) {
  const t = useT();
  const { id: me } = useMe();
  const box = useRef<HTMLDivElement>(null);
  const last = useRef<string | null>(null);
  const height = phone() ? HEIGHT + 4 : HEIGHT;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
    initialOffset: () => keptScroll(scrollKey),
  });
  const items = virtual.getVirtualItems();
  const end = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && end >= rows.length - 15) more();
  }, [end, rows.length, more]);

  const shown = useRef({ rows, top: keptScroll(scrollKey) });
  useLayoutEffect(() => {
    const before = shown.current;
    const element = box.current;
    if (element && before.rows !== rows) {
      // Asked of the page itself: the word of a scrolling may still be under way.
      const ended = element.scrollTop + element.clientHeight >= element.scrollHeight;
      const top = ended ? Math.max(element.scrollTop, before.top) : element.scrollTop;
      const held = heldTop(before.rows, rows, top, height);
      if (held !== undefined) element.scrollTop = held;
    }
    shown.current = { rows, top: before.top };
  }, [rows, height]);
  const onScroll = () => {
    const top = box.current?.scrollTop ?? 0;
    keepScroll(scrollKey, top);
    shown.current.top = top;
  };

  const at = rows.findIndex((row) => row.id === current);
  const go = (step: number) => {
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
    const row = rows[next];
    if (!row) return;
    virtual.scrollToIndex(next, { align: 'auto' });
    onOpen(row);
  };
  useAction('next', () => go(1));
  useAction('previous', () => go(-1));

  const pick = useCallback(
    (id: string, range: boolean) => {
      const next = new Set(picked);
      const from = rows.findIndex((row) => row.id === last.current);
      const to = rows.findIndex((row) => row.id === id);
      if (range && from >= 0) {
        for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(row.id);
      } else if (!next.delete(id)) next.add(id);
      last.current = id;
      onPick(next);
    },
    [picked, rows, onPick],
  );
  useAction('select', () => current && pick(current, false), current !== undefined);

  return (
    <div className="scroll" ref={box} onScroll={onScroll} role="list" aria-label={t('list.conversations')}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div
              key={item.key}
              role="listitem"
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              className="conv-slot"
              style={{ height, transform: `translateY(${item.start}px)` }}
            >
              <a
                className="conv-link"
                href={`/inbox/open/${row.id}`}
                aria-label={`${row.contact.name}: ${row.preview}`}
                aria-current={row.id === current ? 'true' : undefined}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.button !== 0) return;
                  event.preventDefault();
                  onOpen(row);
                }}
              />
              <Row
                row={row}
                me={me}
                on={row.id === current}
                picked={picked.has(row.id)}
                picking={picked.size > 0}
                onPick={pick}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
