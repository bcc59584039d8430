import { Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Mailing, MailingRecipient } from '../api/types';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Confirm, Dialog } from '../ui/Dialog';
import { Empty } from '../ui/Empty';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';
import { exclusionWords } from './LeftOut';
import { LetterDialog } from './LetterDialog';
import { useMailingAct } from './queries';

const states = [
  'sent',
  'failed',
  'unknown',
  'retrying',
  'under_way',
  'waiting',
  'cancelled',
  'excluded',
] as const;

/** The state as the numbers count it. */
function groupOf(row: MailingRecipient): (typeof states)[number] {
  if (row.state === 'queued' || row.state === 'leased') return 'waiting';
  if (row.state === 'dispatching') return 'under_way';
  return states.find((state) => state === row.state) ?? 'excluded';
}

const looks: Record<(typeof states)[number], string> = {
  sent: 'led',
  failed: 'led red',
  unknown: 'led red',
  retrying: 'led amber',
  under_way: 'led accent',
  waiting: 'led off',
  cancelled: 'led off',
  excluded: 'led off',
};

/** Who got it and what became of it. */
export function RecipientsPart({ mailing }: { mailing: Mailing }) {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate({ from: '/mailings/$mailingId' });
  const search = useSearch({ from: '/desk/mailings/$mailingId' });
  const { id, counts } = mailing;
  const [letter, setLetter] = useState<MailingRecipient | null>(null);
  const filter = {
    state: search.state,
    exclusion: search.exclusion,
    answered: search.who === 'answered' || undefined,
    unsubscribed: search.who === 'unsubscribed' || undefined,
  };
  const list = useInfiniteQuery({
    queryKey: [...keys.mailing(id), 'recipients', filter],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/mailings/{id}/recipients', {
          params: { path: { id }, query: { ...filter, cursor: pageParam, limit: 50 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const set = (state: string | null, exclusion: string | null) =>
    void navigate({
      to: '.',
      search: { tab: 'recipients', state: state ?? undefined, exclusion: exclusion ?? undefined },
      replace: true,
    });
  const query = new URLSearchParams();
  if (search.state) query.set('state', search.state);
  if (search.exclusion) query.set('exclusion', search.exclusion);
  const sends = may(me, 'mailings.send');
  return (
    <div className="sect">
      <div className="filters">
        <Select
          aria-label={t('status')}
          placeholder={t('mailing.all_recipients')}
          className="state"
          clearable
          data={states.map((one) => ({ value: one, label: t(`mailing.count.${one}`) }))}
          value={search.state ?? null}
          onChange={(value) => set(value, null)}
        />
        {search.state === 'excluded' && (
          <Select
            aria-label={t('mailing.why')}
            placeholder={t('mailing.why')}
            clearable
            className="why"
            data={counts.exclusions.map((one) => ({
              value: one.reason,
              label: exclusionWords(one.reason, t),
            }))}
            value={search.exclusion ?? null}
            onChange={(value) => set('excluded', value)}
          />
        )}
        <span className="grow" />
        {may(me, 'mailings.write') && (
          <a className="btn" href={`/api/v1/mailings/${id}/recipients.csv?${query.toString()}`} download>
            <Icon name="down-to" size="s" />
            {t('mailing.export')}
          </a>
        )}
      </div>
      {search.state === 'unknown' && counts.unknown > 0 && <Unknown mailing={mailing} sends={sends} />}
      {list.isPending && <LineSkeletons count={6} />}
      {list.error && rows.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 && <Empty icon="users" title={t('mailing.no_recipients')} />}
      {rows.length > 0 && (
        <div className="card scroll-x">
          <table>
            <thead>
              <tr>
                <th>{t('customer.title')}</th>
                <th>{t('status')}</th>
                <th className="wide">{t('mailing.address')}</th>
                <th className="r">{t('mailing.when')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.id} row={row} mailing={mailing} sends={sends} onLetter={() => setLetter(row)} />
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
      {letter && <LetterDialog mailing={id} recipient={letter.id} onClose={() => setLetter(null)} />}
    </div>
  );
}

function Row({
  row,
  mailing,
  sends,
  onLetter,
}: {
  row: MailingRecipient;
  mailing: Mailing;
  sends: boolean;
  onLetter: () => void;
}) {
  const t = useT();
  const act = useMailingAct(mailing.id);
  const group = groupOf(row);
  const settle = (verdict: 'arrived' | 'send_again') =>
    act.mutate(() =>
      ok(
        api.POST('/mailings/{id}/settle', {
          params: { path: { id: mailing.id } },
          body: { recipients: [row.id], verdict },
        }),
      ),
    );
  return (
    <tr>
      <td>
        <Link to="/contacts/$contactId" params={{ contactId: row.contact.id }} className="m plain-link">
          {row.contact.name}
        </Link>
        {row.answered_at && <div className="sm ok">{t('mailing.has_answered')}</div>}
        {row.unsubscribed_at && <div className="sm t3">{t('mailing.has_left')}</div>}
      </td>
      <td>
        <span className="row gap1">
          <span className={looks[group]} />
          {group === 'excluded' && row.exclusion
            ? exclusionWords(row.exclusion, t)
            : t(`mailing.count.${group}`)}
        </span>
        {row.reason && <div className="sm t3 breaks">{row.reason}</div>}
      </td>
      <td className="wide t2 breaks">{row.address}</td>
      <td className="r t3">
        {row.sent_at ? <When at={row.sent_at} full /> : row.next_try_at && <When at={row.next_try_at} full />}
      </td>
      <td className="r nowrap">
        <span className="row acts-row">
          {sends && group === 'unknown' && (
            <Button small look="quiet" busy={act.isPending} onClick={() => settle('arrived')}>
              {t('mailing.arrived')}
            </Button>
          )}
          {sends && (group === 'unknown' || group === 'failed') && (
            <Button small look="quiet" busy={act.isPending} onClick={() => settle('send_again')}>
              {t('mailing.send_again')}
            </Button>
          )}
          {(group === 'sent' || group === 'unknown') && (
            <Button small look="quiet" icon="eye" onClick={onLetter} title={t('mailing.what_he_got')}>
              {t('mailing.look')}
            </Button>
          )}
        </span>
      </td>
    </tr>
  );
}

/** What can be done about all of whom nobody knows. */
function Unknown({ mailing, sends }: { mailing: Mailing; sends: boolean }) {
  const t = useT();
  const act = useMailingAct(mailing.id);
  const [asked, setAsked] = useState<'arrived' | 'send_again' | null>(null);
  const { unknown } = mailing.counts;
  const settle = (verdict: 'arrived' | 'send_again') =>
    act.mutate(
      () =>
        ok(api.POST('/mailings/{id}/settle', { params: { path: { id: mailing.id } }, body: { verdict } })),
      { onSuccess: () => setAsked(null) },
    );
  return (
    <div className="banner wrap spaced-below" role="status">
      <Icon name="alert" size="s" />
      <span>{t('mailing.unknown_text', { n: unknown })}</span>
      {sends && (
        <span className="row end">
          <Button small onClick={() => setAsked('arrived')}>
            {t('mailing.all_arrived')}
          </Button>
          <Button small onClick={() => setAsked('send_again')}>
            {t('mailing.all_again')}
          </Button>
        </span>
      )}
      {asked === 'send_again' && (
        <Confirm
          title={t('mailing.again_title', { n: unknown })}
          text={t('mailing.again_text')}
          act={t('mailing.send_again')}
          busy={act.isPending}
          onYes={() => settle('send_again')}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === 'arrived' && (
        <Dialog
          title={t('mailing.arrived_title', { n: unknown })}
          size={420}
          onClose={() => setAsked(null)}
          onSubmit={() => settle('arrived')}
          foot={
            <>
              <Button look="quiet" onClick={() => setAsked(null)}>
                {t('cancel')}
              </Button>
              <Button look="primary" type="submit" busy={act.isPending} data-autofocus>
                {t('mailing.arrived')}
              </Button>
            </>
          }
        >
          <p className="t2">{t('mailing.arrived_text')}</p>
        </Dialog>
      )}
    </div>
  );
}
