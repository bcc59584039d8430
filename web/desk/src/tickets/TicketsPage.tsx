import { Select, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useOfficers } from '../api/queries';
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
import { reachable } from '../ui/reachable';

const kinds = ['complaint', 'request', 'question'] as const;

/** All tickets, the open ones first. */
export function TicketsPage() {
  const t = useT();
  const me = useMe();
  const search = useSearch({ from: '/desk/tickets' });
  const navigate = useNavigate({ from: '/tickets' });
  const officers = useOfficers().data ?? [];
  const [words, setWords] = useState(search.q ?? '');
  const q = useDebounced(words, 250);
  const set = (some: Partial<typeof search>) =>
    void navigate({ to: '.', search: (before) => ({ ...before, ...some }), replace: true });
  useEffect(() => {
    if ((search.q ?? '') !== q)
      void navigate({ to: '.', search: (before) => ({ ...before, q: q || undefined }), replace: true });
  }, [q, search.q, navigate]);
  const status = search.status ?? 'open';
  const filter = {
    status: status === 'all' ? undefined : status,
    kind: kinds.find((one) => one === search.kind),
    owner: search.owner,
    q: search.q,
  };
  const list = useInfiniteQuery({
    queryKey: [...keys.tickets, filter],
    queryFn: ({ pageParam }) =>
      ok(api.GET('/tickets', { params: { query: { ...filter, cursor: pageParam, limit: 50 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const tickets = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t('nav.tickets')} wide>
      <div className="filters">
        <TextInput
          className="grow"
          leftSection={<Icon name="search" size="s" />}
          placeholder={t('ticket.find')}
          aria-label={t('ticket.find')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Select
          aria-label={t('status')}
          data={(['open', 'solved', 'all'] as const).map((one) => ({
            value: one,
            label: one === 'all' ? t('all') : t(`status.${one}`),
          }))}
          value={status}
          onChange={(value) => set({ status: value === 'open' ? undefined : (value ?? undefined) })}
          allowDeselect={false}
        />
        <Select
          aria-label={t('ticket.kind')}
          placeholder={t('ticket.kind')}
          clearable
          data={kinds.map((one) => ({
            value: one,
            label: t(`ticket.kind.${one}`),
          }))}
          value={search.kind ?? null}
          onChange={(value) => set({ kind: value ?? undefined })}
        />
        <Select
          aria-label={t('officer')}
          placeholder={t('officer')}
          clearable
          data={officers.map((one) => ({ value: one.id, label: one.id === me.id ? t('you') : one.name }))}
          value={search.owner ?? null}
          onChange={(value) => set({ owner: value ?? undefined })}
        />
      </div>
      {list.isPending && <LineSkeletons count={6} />}
      {list.error && tickets.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && tickets.length === 0 && (
        <Empty icon="ticket" title={t('ticket.none')} text={t('ticket.none_text')} />
      )}
      {tickets.length > 0 && (
        <div className="card scroll-x" ref={reachable}>
          <table>
            <thead>
              <tr>
                <th>{t('ticket.number')}</th>
                <th>{t('ticket.title')}</th>
                <th>{t('customer.title')}</th>
                <th className="wide">{t('ticket.kind')}</th>
                <th className="wide">{t('officer')}</th>
                <th className="r">{t('ticket.opened_at')}</th>
              </tr>
            </thead>
            <tbody>
              {tickets.map((ticket) => (
                <tr key={ticket.id} className="rowlink">
                  <td className="num t3 nowrap">{ticket.number}</td>
                  <td>
                    <Link
                      className="m plain-link cover"
                      to="/tickets/$ticketId"
                      params={{ ticketId: ticket.id }}
                    >
                      {ticket.title}
                    </Link>
                    {ticket.status === 'solved' && (
                      <div className="sm ok row gap1">
                        <Icon name="check" size="xs" />
                        {ticket.outcome ?? t('status.solved')}
                      </div>
                    )}
                  </td>
                  <td>{ticket.contact.name}</td>
                  <td className="wide">
                    <span className="chip line">{t(`ticket.kind.${ticket.kind}`)}</span>
                  </td>
                  <td className="wide">
                    {ticket.owner ? (
                      <span className="row gap1">
                        <Avatar name={ticket.owner.name} officer={ticket.owner.id} size={16} />
                        {ticket.owner.id === me.id ? t('you') : ticket.owner.name}
                      </span>
                    ) : (
                      <span className="t3">{t('officer.none')}</span>
                    )}
                  </td>
                  <td className="r t3">
                    <When at={ticket.opened_at} />
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
    </Page>
  );
}
