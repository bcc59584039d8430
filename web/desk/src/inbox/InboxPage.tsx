import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useContact, useConversation, useCounts } from '../api/queries';
import type { ConversationRow } from '../api/types';
import { CustomerPane } from '../customer/CustomerPane';
import { useT } from '../i18n';
import { useAction } from '../keys/ActionsProvider';
import { useLiveLine } from '../live/LiveProvider';
import { Folders } from '../shell/Folders';
import { ThreadPane } from '../thread/ThreadPane';
import { Empty } from '../ui/Empty';
import { SidePane } from '../ui/SidePane';
import { useFolderName } from './ListHead';
import { ListPane } from './ListPane';
import { LiveBanner } from './LiveBanner';
import { NewConversation } from './NewConversation';
import { useInboxPlace } from './place';
import { useInboxList } from './useInboxList';

/** Folders, list, thread, customer: as many of them as there is room for. */
export function InboxPage() {
  const t = useT();
  const place = useInboxPlace();
  const list = useInboxList(place.filter);
  const navigate = useNavigate({ from: '/inbox/$folder' });
  const { view } = useLiveLine();
  const [drawer, setDrawer] = useState(false);
  const [writing, setWriting] = useState(false);
  const [aside, setAside] = useState(false);
  const [hidden, setHidden] = useLocalStorage({ key: 'sapa.customer_hidden', defaultValue: false });
  const narrow = useMediaQuery('(max-width: 1120px)') ?? false;
  const phone = useMediaQuery('(max-width: 720px)') ?? false;
  const { conversationId: id } = place;
  const name = useFolderName(place.folder);
  useTitle(id, name);
  useEffect(() => {
    view(id ?? null);
    return () => view(null);
  }, [id, view]);
  useEffect(() => setAside(false), [id]);
  useAction('new', () => setWriting(true));
  const customer = () => (narrow ? setAside(!aside) : setHidden(!hidden));
  useAction('customer', customer, id !== undefined);

  const open = (row: ConversationRow) =>
    void navigate({
      to: '/inbox/$folder/$conversationId',
      params: { folder: place.folder, conversationId: row.id },
      search: (before) => ({ ...before, message: undefined }),
    });
  const back = () => void navigate({ to: '/inbox/$folder', params: { folder: place.folder }, search: true });
  const beside = id !== undefined && !narrow && !hidden;
  const classes = ['inbox', id && 'has-thread', beside && 'has-customer', aside && phone && 'shows-customer'];
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      <Folders folder={place.folder} />
      <div className="list-column">
        <LiveBanner />
        <ListPane place={place} list={list} onOpen={open} onFolders={() => setDrawer(true)} />
      </div>
      {id ? (
        <ThreadPane key={id} id={id} place={place} rows={list.rows} onBack={back} onCustomer={customer} />
      ) : (
        <main className="pane thread nothing-open">
          <Empty icon="chat" title={t('thread.none')} text={t('thread.none_text')} />
        </main>
      )}
      {id && beside && <CustomerPane key={`c-${id}`} conversationId={id} onClose={customer} />}
      {id && narrow && (
        <SidePane
          opened={aside}
          onClose={() => setAside(false)}
          side="right"
          size={phone ? '100%' : 340}
          still={phone}
          label={t('customer.title')}
        >
          <CustomerPane conversationId={id} onClose={() => setAside(false)} />
        </SidePane>
      )}
      <SidePane
        opened={drawer}
        onClose={() => setDrawer(false)}
        side="left"
        size={264}
        label={t('nav.folders')}
      >
        <Folders folder={place.folder} onGo={() => setDrawer(false)} />
      </SidePane>
      {writing && <NewConversation onClose={() => setWriting(false)} />}
    </div>
  );
}

function useTitle(id: string | undefined, folder: string): void {
  const unread = useCounts().data?.unread ?? 0;
  const conversation = useConversationName(id);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${conversation ?? folder} · Sapa`;
  }, [unread, conversation, folder]);
}

function useConversationName(id: string | undefined): string | undefined {
  const conversation = useConversation(id ?? '', id !== undefined).data;
  const contact = useContact(conversation?.contact.id).data;
  return id ? (contact?.name ?? conversation?.contact.name) : undefined;
}
