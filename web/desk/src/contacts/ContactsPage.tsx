import { TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { useDebounced } from '../lib/useDebounced';
import { Avatar } from '../ui/Avatar';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';
import { NewContact } from './NewContact';
import { reachable } from '../ui/reachable';

/** Everyone who ever wrote, and whom we wrote down. */
export function ContactsPage() {
  const t = useT();
  const me = useMe();
  const search = useSearch({ from: '/desk/contacts' });
  const navigate = useNavigate({ from: '/contacts' });
  const [words, setWords] = useState(search.q ?? '');
  const [adding, setAdding] = useState(false);
  const q = useDebounced(words.trim(), 220);
  useEffect(() => {
    if ((search.q ?? '') !== q) void navigate({ to: '.', search: { q: q || undefined }, replace: true });
  }, [q, search.q, navigate]);
  const list = useInfiniteQuery({
    queryKey: [...keys.contacts, q],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/contacts', {
          params: { query: { q: q || undefined, cursor: pageParam, limit: 50 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
  const contacts = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page
      title={t('nav.contacts')}
      wide
      acts={
        <>
          {can(me, 'contacts:import') && (
            <Link to="/contacts/import" className="btn small">
              <Icon name="out" size="s" />
              {t('import.contacts')}
            </Link>
          )}
          <Button small icon="plus" onClick={() => setAdding(true)}>
            {t('contact.new')}
          </Button>
        </>
      }
    >
      <div className="filters">
        <TextInput
          className="grow"
          leftSection={<Icon name="search" size="s" />}
          placeholder={t('contact.find')}
          aria-label={t('contact.find')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      {list.isPending && <LineSkeletons count={6} />}
      {list.error && contacts.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && contacts.length === 0 && (
        <Empty
          icon="users"
          title={q ? t('contact.nothing', { q }) : t('contact.none')}
          text={q ? undefined : t('contact.none_text')}
        />
      )}
      {contacts.length > 0 && (
        <div className="card scroll-x" ref={reachable}>
          <table>
            <thead>
              <tr>
                <th>{t('name')}</th>
                <th>{t('customer.reached_by')}</th>
                <th className="wide">{t('contact.company')}</th>
                <th className="wide">{t('contact.city')}</th>
                <th className="r">{t('contact.first_seen')}</th>
              </tr>
            </thead>
            <tbody>
              {contacts.map((one) => (
                <tr key={one.id} className="rowlink">
                  <td>
                    <Link
                      className="row gap1 plain-link cover"
                      to="/contacts/$contactId"
                      params={{ contactId: one.id }}
                    >
                      <Avatar name={one.name} size={24} />
                      <span className="m min0">{one.name}</span>
                    </Link>
                  </td>
                  <td className="t2 cut addresses">{one.addresses.join(' · ')}</td>
                  <td className="t2 wide">{one.company}</td>
                  <td className="t2 wide">{one.city}</td>
                  <td className="r t3">
                    <When at={one.first_seen_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <Button
          className="center-btn"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
      {adding && <NewContact onClose={() => setAdding(false)} />}
    </Page>
  );
}
