import { TextInput, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useCategories, useOfficers, useTeams, useTicketCounts } from '../api/queries';
import { useMe } from '../app/session';
import { useT, type Key } from '../i18n';
import { useDebounced } from '../lib/useDebounced';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import type { IconName } from '../ui/Sprite';
import { reachable } from '../ui/reachable';
import { TermSelect } from './TermSelect';
import { kinds, severities } from './TicketDialog';
import { TicketRow } from './TicketRow';

export interface TicketsSearch {
  kind?: string;
  owner?: string;
  team?: string;
  category?: string;
  severity?: string;
  view?: string;
  sort?: string;
  q?: string;
}

type View = 'open' | 'mine' | 'unowned' | 'overdue' | 'recurrent' | 'solved' | 'all';

/** All tickets: what is open first, counted by what presses. */
export function TicketsPage() {
  const t = useT();
  const me = useMe();
  const search = useSearch({ from: '/desk/tickets' });
  const navigate = useNavigate({ from: '/tickets' });
  const counts = useTicketCounts().data;
  const officers = useOfficers().data ?? [];
  const teams = useTeams().data ?? [];
  const categories = useCategories().data ?? [];
  const [words, setWords] = useState(search.q ?? '');
  const q = useDebounced(words, 250);
  const set = (some: Partial<TicketsSearch>) =>
    void navigate({ to: '.', search: (before) => ({ ...before, ...some }), replace: true });
  useEffect(() => {
    if ((search.q ?? '') !== q)
      void navigate({ to: '.', search: (before) => ({ ...before, q: q || undefined }), replace: true });
  }, [q, search.q, navigate]);
  const views: { view: View; title: Key; icon: IconName; count?: number; look?: string }[] = [
    { view: 'open', title: 'status.open', icon: 'ticket', count: counts?.open },
    { view: 'mine', title: 'tickets.mine', icon: 'user', count: counts?.mine },
    { view: 'unowned', title: 'tickets.unowned', icon: 'ring', count: counts?.unowned },
    { view: 'overdue', title: 'tickets.overdue', icon: 'alert', count: counts?.overdue, look: 'bad' },
    { view: 'recurrent', title: 'tickets.recurrent', icon: 'repeat', count: counts?.recurrent, look: 'soon' },
    { view: 'solved', title: 'status.solved', icon: 'check' },
    { view: 'all', title: 'all', icon: 'menu' },
  ];
  const view = views.find((one) => one.view === search.view)?.view ?? 'open';
  const sort = search.sort === 'due' ? ('due' as const) : ('newest' as const);
  const filter = {
    status: view === 'all' ? undefined : view === 'solved' ? ('solved' as const) : ('open' as const),
    kind: kinds.find((one) => one === search.kind),
    severity: severities.find((one) => one === search.severity),
    owner: view === 'mine' ? me.id : search.owner,
    unowned: view === 'unowned' || undefined,
    overdue: view === 'overdue' || undefined,
    recurrent: view === 'recurrent' || undefined,
    team: search.team,
    category: search.category,
    q: search.q,
    sort,
  };
  const list = useInfiniteQuery({
    queryKey: [...keys.tickets, filter],
    queryFn: ({ pageParam }) =>
      ok(api.GET('/tickets', { params: { query: { ...filter, cursor: pageParam, limit: 50 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const tickets = list.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = Boolean(
    search.kind || search.severity || search.owner || search.team || search.category || search.q,
  );
  return (
    <Page title={t('nav.tickets')} wide>
      <div className="views" role="group" aria-label={t('status')}>
        {views.map((one) => (
          <button
            key={one.view}
            type="button"
            className={one.view === view ? 'view on' : 'view'}
            aria-pressed={one.view === view}
            onClick={() => set({ view: one.view === 'open' ? undefined : one.view })}
          >
            <Icon name={one.icon} size="s" className={one.count ? one.look : undefined} />
            {t(one.title)}
            {one.count !== undefined && <span className="count">{one.count}</span>}
          </button>
        ))}
      </div>
      <div className="filters many">
        <TextInput
          className="grow"
          leftSection={<Icon name="search" size="s" />}
          placeholder={t('ticket.find')}
          aria-label={t('ticket.find')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Select
          aria-label={t('ticket.kind')}
          placeholder={t('ticket.kind')}
          clearable
          data={kinds.map((one) => ({ value: one, label: t(`ticket.kind.${one}`) }))}
          value={search.kind ?? null}
          onChange={(value) => set({ kind: value ?? undefined })}
        />
        <TermSelect
          aria-label={t('ticket.category')}
          placeholder={t('ticket.category')}
          terms={categories}
          value={search.category ?? null}
          onChange={(value) => set({ category: value ?? undefined })}
        />
        <Select
          aria-label={t('ticket.severity')}
          placeholder={t('ticket.severity')}
          clearable
          data={severities.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          value={search.severity ?? null}
          onChange={(value) => set({ severity: value ?? undefined })}
        />
        <Select
          aria-label={t('officer')}
          placeholder={t('officer')}
          clearable
          searchable
          data={officers.map((one) => ({ value: one.id, label: one.id === me.id ? t('you') : one.name }))}
          value={search.owner ?? null}
          onChange={(value) => set({ owner: value ?? undefined })}
        />
        <Select
          aria-label={t('team')}
          placeholder={t('team')}
          clearable
          data={teams.map((one) => ({ value: one.id, label: one.name }))}
          value={search.team ?? null}
          onChange={(value) => set({ team: value ?? undefined })}
        />
        <Select
          className="order"
          aria-label={t('ticket.sort')}
          allowDeselect={false}
          leftSection={<Icon name="sort" size="s" />}
          data={(['newest', 'due'] as const).map((one) => ({ value: one, label: t(`ticket.sort.${one}`) }))}
          value={sort}
          onChange={(value) => set({ sort: value === 'due' ? 'due' : undefined })}
        />
      </div>
      {list.isPending && <LineSkeletons count={6} />}
      {list.error && tickets.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && tickets.length === 0 && (
        <Empty
          icon="ticket"
          title={t('ticket.none')}
          text={t(narrowed || view !== 'open' ? 'ticket.none_filtered' : 'ticket.none_text')}
        />
      )}
      {tickets.length > 0 && (
        <div className="card scroll-x" ref={reachable}>
          <table>
            <thead>
              <tr>
                <th>{t('ticket.number')}</th>
                <th>{t('ticket.title')}</th>
                <th className="wide">{t('customer.title')}</th>
                <th className="wide">{t('officer')}</th>
                <th>{t('ticket.due')}</th>
                <th className="wide r">{t('ticket.opened_at')}</th>
              </tr>
            </thead>
            <tbody>
              {tickets.map((ticket) => (
                <TicketRow key={ticket.id} ticket={ticket} categories={categories} me={me.id} />
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
