import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useConversation } from '../api/queries';
import type { Conversation, ConversationRow } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { Composer } from '../composer/Composer';
import type { InboxPlace } from '../inbox/place';
import { useT } from '../i18n';
import { mergeIntoLists } from '../live/refresh';
import { Failed } from '../ui/Failed';
import { LineSkeletons } from '../ui/Skeleton';
import { BotStrip } from './BotStrip';
import { ThreadHead } from './ThreadHead';
import { TicketStrip } from './TicketStrip';
import { Timeline } from './Timeline';

interface Props {
  id: string;
  place: InboxPlace;
  rows: ConversationRow[];
  onBack: () => void;
  onCustomer: () => void;
}

/** One conversation, in the middle of everything said with its customer. */
export function ThreadPane({ id, place, rows, onBack, onCustomer }: Props) {
  const t = useT();
  const query = useConversation(id);
  const conversation = query.data;
  const row = conversation ?? rows.find((one) => one.id === id);
  const writes = can(useMe(), 'conversations:write');
  useReadMark(conversation);
  return (
    <main className="pane thread">
      <ThreadHead row={row} conversation={conversation} onBack={onBack} onCustomer={onCustomer} />
      {conversation && <TicketStrip conversation={conversation} />}
      {conversation?.bot && <BotStrip conversation={conversation} bot={conversation.bot} />}
      {query.error && !conversation && (
        <Failed error={query.error} title={t('thread.failed')} retry={() => void query.refetch()} />
      )}
      {!conversation && !query.error && <LineSkeletons count={7} />}
      {conversation && <Timeline conversation={conversation} target={place.search.message} />}
      {conversation &&
        (writes ? (
          <Composer conversation={conversation} />
        ) : (
          <p className="read-only t3">{t('thread.read_only')}</p>
        ))}
    </main>
  );
}

/** What is shown to an officer who looks at it is read. */
function useReadMark(conversation: Conversation | undefined): void {
  const client = useQueryClient();
  const { id: me } = useMe();
  const kept = useRef<string | null>(null);
  useEffect(() => {
    if (!conversation?.unread) return;
    const { id, last_seq } = conversation;
    const mark = () => {
      if (document.visibilityState !== 'visible' || kept.current === id) return;
      const body = { seq: last_seq };
      const read = { ...conversation, unread: false };
      client.setQueryData(keys.conversation(id), read);
      mergeIntoLists(client, read, me);
      void ok(api.POST('/conversations/{id}/read', { params: { path: { id } }, body }))
        .then(() => client.invalidateQueries({ queryKey: keys.counts }))
        .catch(() => undefined);
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [client, conversation, me]);
  useEffect(() => {
    const keep = (event: Event) => (kept.current = (event as CustomEvent<string>).detail);
    window.addEventListener('sapa:unread', keep);
    return () => window.removeEventListener('sapa:unread', keep);
  }, []);
}
