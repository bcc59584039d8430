import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Contact } from '../api/types';
import { useT } from '../i18n';
import { headings } from '../thread/entries';
import { useTimeline } from '../thread/useTimeline';
import { Icon } from '../ui/Icon';

/** The customer's conversations, newest first, each with what came of it. */
export function ContactConversations({ contact }: { contact: Contact }) {
  const t = useT();
  const { items, hasNextPage, fetchNextPage } = useTimeline(contact.id);
  // One that is known by an event alone comes with its messages, a page further on.
  const known = useMemo(
    () => [...headings(items).values()].filter((one) => one.number !== null).reverse(),
    [items],
  );
  if (known.length === 0) return null;
  return (
    <section className="sect">
      <h2>
        {t('ticket.conversations')} <span className="count">{contact.conversation_count}</span>
      </h2>
      <ul className="card hits">
        {known.map((one) => (
          <li key={one.id}>
            <Link
              to="/inbox/$folder/$conversationId"
              params={{ folder: one.solved ? 'solved' : 'open', conversationId: one.id }}
            >
              <Icon name={one.solved ? 'check' : 'inbox'} size="s" className={one.solved ? 'ok' : 't3'} />
              <span className="t3 num">#{one.number}</span>
              <span className="cut">{one.subject ?? t('thread.conversation')}</span>
              {one.outcome && <span className="t3 cut end">{one.outcome}</span>}
            </Link>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="link sm top2" onClick={() => void fetchNextPage()}>
          {t('more')}
        </button>
      )}
    </section>
  );
}
