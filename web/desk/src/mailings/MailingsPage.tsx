import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Mailing } from '../api/types';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { useT, useTexts } from '../i18n';
import { MarketingTabs } from '../segments/MarketingTabs';
import { Button } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Empty } from '../ui/Empty';
import { Failed } from '../ui/Failed';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';
import { Meter } from './Meter';
import { NewMailing } from './NewMailing';
import { tones } from './queries';

/** All mailings, the newest first. */
export function MailingsPage() {
  const t = useT();
  const writes = may(useMe(), 'mailings.write');
  const [adding, setAdding] = useState(false);
  const list = useInfiniteQuery({
    queryKey: keys.mailings,
    queryFn: ({ pageParam }) =>
      ok(api.GET('/mailings', { params: { query: { cursor: pageParam, limit: 20 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const mailings = list.data?.pages.flatMap((page) => page.items) ?? [];
  const add = writes && (
    <Button small look="primary" icon="plus" onClick={() => setAdding(true)}>
      {t('mailing.new')}
    </Button>
  );
  return (
    <Page title={t('nav.mailings')} wide acts={add}>
      <MarketingTabs />
      <div className="sect">
        {list.isPending && <LineSkeletons count={6} />}
        {list.error && mailings.length === 0 && (
          <Failed error={list.error} retry={() => void list.refetch()} />
        )}
        {list.isSuccess && mailings.length === 0 && (
          <Empty icon="horn" title={t('mailing.none')} text={t('mailing.none_text')}>
            {writes && (
              <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
                {t('mailing.new')}
              </Button>
            )}
          </Empty>
        )}
        {mailings.length > 0 && (
          <div className="card scroll-x">
            <table>
              <thead>
                <tr>
                  <th>{t('mailing.name')}</th>
                  <th>{t('status')}</th>
                  <th className="r">{t('mailing.recipients')}</th>
                  <th className="r wide">{t('mailing.sent')}</th>
                  <th className="r wide">{t('mailing.answers')}</th>
                  <th className="r wide">{t('mailing.started')}</th>
                </tr>
              </thead>
              <tbody>
                {mailings.map((mailing) => (
                  <Row key={mailing.id} mailing={mailing} />
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
      </div>
      {adding && <NewMailing onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Row({ mailing }: { mailing: Mailing }) {
  const { t, locale } = useTexts();
  const { counts } = mailing;
  const figure = (n: number) => n.toLocaleString(locale);
  const begun = mailing.state !== 'draft';
  return (
    <tr className="rowlink">
      <td>
        <span className="row gap1">
          <ChannelIcon kind={mailing.channel.kind} size="s" said />
          <Link className="m plain-link cover" to="/mailings/$mailingId" params={{ mailingId: mailing.id }}>
            {mailing.name}
          </Link>
        </span>
        <div className="sm t3">
          {mailing.number} · {mailing.segment?.name ?? t('mailing.everybody')}
        </div>
      </td>
      <td className="mail-state">
        <span className={tones[mailing.state]}>{t(`mailing.state.${mailing.state}`)}</span>
        {(mailing.state === 'running' || mailing.state === 'paused') && <Meter counts={counts} />}
      </td>
      <td className="r">{begun ? figure(counts.recipients) : ''}</td>
      <td className="r wide">{begun ? figure(counts.sent) : ''}</td>
      <td className="r wide">{begun ? figure(counts.answered) : ''}</td>
      <td className="r wide t3">{mailing.started_at && <When at={mailing.started_at} />}</td>
    </tr>
  );
}
