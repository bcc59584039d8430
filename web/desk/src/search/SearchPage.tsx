import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { SearchResult } from '../api/types';
import { useT, type Key } from '../i18n';
import { Hit, hitParts } from '../lib/hits';
import { useDebounced } from '../lib/useDebounced';
import { Avatar } from '../ui/Avatar';
import { Empty } from '../ui/Empty';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';

const types = ['all', 'contacts', 'messages', 'tickets'] as const;

/** Search over everything, all time. */
export function SearchPage() {
  const t = useT();
  const search = useSearch({ from: '/desk/search' });
  const navigate = useNavigate({ from: '/search' });
  const box = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState(search.q ?? '');
  const q = useDebounced(words.trim(), 220);
  const type = types.find((one) => one === search.type) ?? 'all';
  useEffect(() => {
    if ((search.q ?? '') !== q)
      void navigate({ to: '.', search: (before) => ({ ...before, q: q || undefined }), replace: true });
  }, [q, search.q, navigate]);
  useEffect(() => box.current?.focus(), []);
  const query = useQuery({
    queryKey: keys.search(q, type),
    queryFn: () =>
      ok(api.GET('/search', { params: { query: { q, type, limit: type === 'all' ? 20 : 100 } } })),
    enabled: q.length > 0,
    placeholderData: (before) => before,
  });
  return (
    <Page
      title={t('nav.search')}
      crumb={
        <div className="search-bar">
          <Icon name="search" className="t3" />
          <input
            ref={box}
            type="search"
            className="plain grow"
            placeholder={t('search.placeholder')}
            aria-label={t('nav.search')}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        </div>
      }
    >
      <nav className="tabs search-tabs" aria-label={t('search.types')}>
        {types.map((one) => (
          <Link
            key={one}
            to="/search"
            search={{ q: search.q, type: one === 'all' ? undefined : one }}
            className={one === type ? 'on' : undefined}
            aria-current={one === type ? 'page' : undefined}
          >
            {t(`search.${one}` as Key)}
          </Link>
        ))}
      </nav>
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {q.length > 0 && query.isPending && <LineSkeletons count={6} />}
      {q.length === 0 && <Empty icon="search" title={t('search.start')} text={t('search.start_text')} />}
      {q.length > 0 && query.data && <Found result={query.data} q={q} />}
    </Page>
  );
}

/** The name, and at the right what else of the contact is known or was found. */
function ContactHit({ name, hit, addresses }: { name: string; hit: string; addresses: string[] }) {
  const [first = '', ...rest] = hit.split(' · ');
  const named = hitParts(first).join('') === name;
  return (
    <>
      <span className="cut hit-name">{named ? <Hit text={first} /> : name}</span>
      <span className="t3 cut end">
        <Hit text={(named ? rest.join(' · ') : hit) || addresses.join(' · ')} />
      </span>
    </>
  );
}

function Found({ result, q }: { result: SearchResult; q: string }) {
  const t = useT();
  const { contacts, messages, tickets } = result;
  if (contacts.length + messages.length + tickets.length === 0) {
    return <Empty icon="search" title={t('search.nothing', { q })} text={t('search.nothing_text')} />;
  }
  return (
    <>
      {contacts.length > 0 && (
        <section className="sect">
          <h2>
            {t('search.contacts')} <span className="count">{contacts.length}</span>
          </h2>
          <ul className="card hits">
            {contacts.map((one) => (
              <li key={one.id}>
                <Link to="/contacts/$contactId" params={{ contactId: one.id }}>
                  <Avatar name={one.name} size={24} />
                  <ContactHit name={one.name} hit={one.hit} addresses={one.addresses} />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {tickets.length > 0 && (
        <section className="sect">
          <h2>
            {t('search.tickets')} <span className="count">{tickets.length}</span>
          </h2>
          <ul className="card hits">
            {tickets.map((one) => (
              <li key={one.id}>
                <Link to="/tickets/$ticketId" params={{ ticketId: one.id }}>
                  <Icon name="ticket" className="t3" />
                  <span className="num t3">{one.number}</span>
                  <span className="cut">
                    <Hit text={one.hit || one.title} />
                  </span>
                  <span className="t3 cut end">{one.contact.name}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {messages.length > 0 && (
        <section className="sect">
          <h2>
            {t('search.messages')} <span className="count">{messages.length}</span>
          </h2>
          <ul className="card hits">
            {messages.map((one) => (
              <li key={one.message_id}>
                <Link
                  to="/inbox/$folder/$conversationId"
                  params={{ folder: 'all', conversationId: one.conversation_id }}
                  search={{ message: one.message_id }}
                  className="tall"
                >
                  <Avatar name={one.contact.name} size={24} />
                  <span className="min0">
                    <span className="row">
                      <b className="m cut">{one.contact.name}</b>
                      <span className="t3 num">#{one.number}</span>
                      <span className="t3 sm end">
                        <When at={one.at} />
                      </span>
                    </span>
                    <span className="t2 clip2">
                      <Hit text={one.hit} />
                    </span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
