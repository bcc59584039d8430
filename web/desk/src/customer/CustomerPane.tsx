import { Link } from '@tanstack/react-router';
import { useContact, useConversation } from '../api/queries';
import { useT } from '../i18n';
import { Failed } from '../ui/Failed';
import { IconButton } from '../ui/Button';
import { LineSkeletons } from '../ui/Skeleton';
import { ContactBlocks } from './ContactBlocks';
import { reachable } from '../ui/reachable';

/** At the right: who it is, and what happened before. */
export function CustomerPane({ conversationId, onClose }: { conversationId: string; onClose: () => void }) {
  const t = useT();
  const conversation = useConversation(conversationId).data;
  const query = useContact(conversation?.contact.id);
  return (
    <aside className="pane customer" aria-label={t('customer.title')}>
      <div className="bar">
        <IconButton icon="left" label={t('back')} className="phone-only" onClick={onClose} />
        <h2 className="grow">{t('customer.title')}</h2>
        {query.data && (
          <Link
            to="/contacts/$contactId"
            params={{ contactId: query.data.id }}
            className="ib"
            title={t('customer.open')}
            aria-label={t('customer.open')}
          >
            <svg className="i" aria-hidden="true">
              <use href="#i-edit" />
            </svg>
          </Link>
        )}
        <IconButton icon="cols" label={`${t('customer.hide')} (i)`} className="wide" onClick={onClose} />
      </div>
      <div className="scroll" ref={reachable}>
        {query.error && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
        {!query.data && !query.error && <LineSkeletons count={8} />}
        {query.data && <ContactBlocks contact={query.data} conversation={conversation} />}
      </div>
    </aside>
  );
}
