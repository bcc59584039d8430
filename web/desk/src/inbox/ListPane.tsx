import { useEffect, useState } from 'react';
import type { ConversationRow } from '../api/types';
import { Failed } from '../ui/Failed';
import { BulkBar } from './BulkBar';
import { EmptyList } from './EmptyList';
import { ListHead } from './ListHead';
import { ListTabs } from './ListTabs';
import type { InboxPlace } from './place';
import { RowSkeletons } from './RowSkeletons';
import { Rows } from './Rows';
import type { useInboxList } from './useInboxList';

interface Props {
  place: InboxPlace;
  list: ReturnType<typeof useInboxList>;
  onOpen: (row: ConversationRow) => void;
  onFolders: () => void;
}

/** The list of a folder. */
export function ListPane({ place, list, onOpen, onFolders }: Props) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const key = JSON.stringify(place.filter);
  useEffect(() => setPicked(new Set()), [key]);
  const rows = list.rows;
  return (
    <section className="pane listpane" aria-label={place.folder}>
      {picked.size > 0 ? (
        <BulkBar picked={picked} rows={rows} onDone={() => setPicked(new Set())} onAll={setPicked} />
      ) : (
        <ListHead place={place} onFolders={onFolders} />
      )}
      <ListTabs place={place} />
      {list.isPending && <RowSkeletons />}
      {list.error && rows.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 && <EmptyList place={place} />}
      {rows.length > 0 && (
        <Rows
          key={key}
          scrollKey={key}
          rows={rows}
          current={place.conversationId}
          picked={picked}
          onPick={setPicked}
          onOpen={onOpen}
          more={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
        />
      )}
    </section>
  );
}
