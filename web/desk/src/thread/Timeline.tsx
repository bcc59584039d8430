import { useEffect, useMemo, useRef, useState } from 'react';
import type { Conversation } from '../api/types';
import { useT } from '../i18n';
import { firstName } from '../lib/people';
import { firstKey, itemKey, newLineAt } from '../lib/timeline';
import { useLive } from '../live/LiveProvider';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { LineSkeletons } from '../ui/Skeleton';
import { Line } from './Line';
import { entriesOf } from './entries';
import { useAnchor } from './useAnchor';
import { useGoTo } from './useGoTo';
import { useTimeline } from './useTimeline';

const NEAR_TOP = 800;

/** The customer's whole time line in one scroll, newest at the bottom. */
export function Timeline({ conversation, target }: { conversation: Conversation; target?: string }) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const line = useTimeline(conversation.contact.id);
  const { items, hasNextPage, isFetchingNextPage, fetchNextPage } = line;
  const [newBefore, setNewBefore] = useState<string | null>(null);
  const [below, setBelow] = useState(false);
  const entries = useMemo(() => entriesOf(items, newBefore), [items, newBefore]);
  const { note, atBottom } = useAnchor(box, entries);
  const typing = useLive((state) => state.typing[conversation.id] === true);
  const wasUnread = useRef(conversation.unread);
  const lastSeen = useRef<string | null>(null);

  const last = items.at(-1);
  const lastKey = last ? itemKey(last) : null;
  useEffect(() => {
    if (!lastKey || lastKey === lastSeen.current) return;
    const first = lastSeen.current === null;
    lastSeen.current = lastKey;
    const newest = items.at(-1);
    const fromThem = newest?.type === 'message' && newest.message.direction === 'in';
    if (first) {
      const at = wasUnread.current ? newLineAt(items, conversation.id) : -1;
      const item = items[at];
      if (item) setNewBefore(itemKey(item));
    } else if (newest?.type === 'message' && newest.message.direction === 'out') setNewBefore(null);
    else if (fromThem && (!atBottom() || document.hidden)) {
      setNewBefore((kept) => kept ?? lastKey);
      setBelow(true);
    }
  }, [lastKey, items, conversation.id, atBottom]);
  useGoTo({
    box,
    items,
    conversation: conversation.id,
    target,
    more: hasNextPage ? fetchNextPage : undefined,
  });

  const older = () => {
    const element = box.current;
    if (!element || !hasNextPage || isFetchingNextPage) return;
    const above = element.scrollHeight - element.clientHeight + element.scrollTop;
    if (above < NEAR_TOP) void fetchNextPage();
  };
  const onScroll = () => {
    note();
    older();
    if (below && atBottom()) setBelow(false);
  };
  useEffect(older);
  const toEnd = () => {
    box.current?.scrollTo({ top: 0, behavior: 'smooth' });
    setBelow(false);
  };

  if (line.error && items.length === 0)
    return <Failed error={line.error} retry={() => void line.refetch()} />;
  return (
    <div className="msgs-frame">
      <div
        className="msgs"
        ref={box}
        onScroll={onScroll}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t('thread.timeline', { name: conversation.contact.name })}
      >
        <div>
          {line.isPending && <LineSkeletons count={7} />}
          {isFetchingNextPage && <LineSkeletons count={3} />}
          {!hasNextPage && items.length > 0 && <div className="act">{t('thread.beginning')}</div>}
          {entries.map((entry) => (
            <Line key={firstKey(entry.key)} entry={entry} conversation={conversation} />
          ))}
          {typing && (
            <div className="msg typing-line">
              <span />
              <div className="row t3 sm" role="status">
                <span className="dots" aria-hidden="true">
                  <i />
                  <i />
                  <i />
                </span>
                {t('thread.customer_typing', { name: firstName(conversation.contact.name) })}
              </div>
            </div>
          )}
        </div>
      </div>
      {below && (
        <button type="button" className="to-end" onClick={toEnd}>
          <Icon name="down" size="s" />
          {t('thread.new_below')}
        </button>
      )}
    </div>
  );
}
