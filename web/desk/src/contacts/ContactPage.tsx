import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useContact } from '../api/queries';
import type { Contact } from '../api/types';
import { ContactBlocks } from '../customer/ContactBlocks';
import { NewConversation } from '../inbox/NewConversation';
import { useT } from '../i18n';
import { Avatar } from '../ui/Avatar';
import { Button } from '../ui/Button';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { ContactForm } from './ContactForm';
import { ContactConversations } from './ContactConversations';
import { MergeDialog } from './MergeDialog';

export function ContactPage() {
  const { contactId } = useParams({ from: '/desk/contacts/$contactId' });
  const query = useContact(contactId);
  if (query.data) return <Shown key={contactId} contact={query.data} />;
  return (
    <main className="pane main">
      {query.error ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : (
        <LineSkeletons count={8} />
      )}
    </main>
  );
}

function Shown({ contact }: { contact: Contact }) {
  const t = useT();
  const [doing, setDoing] = useState<'merge' | 'write' | null>(null);
  const crumb = (
    <nav className="crumb" aria-label={t('nav.contacts')}>
      <Link to="/contacts">{t('nav.contacts')}</Link>
      <Icon name="right" size="xs" />
      <b className="cut" aria-current="page">
        {contact.name}
      </b>
    </nav>
  );
  return (
    <Page
      title={contact.name}
      crumb={crumb}
      acts={
        <>
          <Button small icon="merge" className="wide" onClick={() => setDoing('merge')}>
            {t('contact.merge')}
          </Button>
          <Button small look="primary" icon="send" onClick={() => setDoing('write')}>
            {t('contact.write')}
          </Button>
        </>
      }
      aside={<ContactBlocks contact={contact} />}
    >
      <div className="row gap3">
        <Avatar name={contact.name} size={40} />
        <h1 className="title cut">{contact.name}</h1>
      </div>
      <ContactForm key={contact.version} contact={contact} />
      <ContactConversations contact={contact} />
      {doing === 'merge' && <MergeDialog contact={contact} onClose={() => setDoing(null)} />}
      {doing === 'write' && <NewConversation contactId={contact.id} onClose={() => setDoing(null)} />}
    </Page>
  );
}
