import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { MailingProgress } from '../api/types';
import type { MailingSearch } from '../app/router';
import { isKey, useT, useTexts } from '../i18n';
import { fullWhen } from '../lib/time';
import { useNow } from '../lib/useNow';
import { Icon } from '../ui/Icon';
import { LeftOut } from './LeftOut';
import { doneShare, Meter } from './Meter';
import { RateChart } from './RateChart';

/** How a mailing fares: figures that add up, each opening its list. */
export function ProgressPart({ progress }: { progress: MailingProgress }) {
  const { t, locale } = useTexts();
  const now = useNow(20_000);
  const { mailing, done_at, next_try_at } = progress;
  const { counts } = mailing;
  const figure = (n: number) => n.toLocaleString(locale);
  const heading = `mailing.head.${mailing.state}`;
  const when = (at: string | null) => (at ? fullWhen(at, now, locale) : '');
  return (
    <div className="sect">
      <div className="row wrap gap3">
        <h1 className="title">{isKey(heading) ? t(heading, { n: doneShare(counts) }) : ''}</h1>
        <span className="t2">
          {mailing.started_at &&
            t('mailing.started_by', {
              at: when(mailing.started_at),
              name: mailing.started_by?.name ?? 'Sapa',
            })}{' '}
          {done_at && t('mailing.done_at', { at: when(done_at) })}
        </span>
      </div>
      <div className="card spaced">
        <div className="pad">
          <Meter counts={counts} big />
        </div>
        <div className="cells lined">
          <Cell id={mailing.id} state="sent" led="led" name={t('mailing.count.sent')} n={counts.sent}>
            {t('mailing.count.sent_hint')}
          </Cell>
          <Cell
            id={mailing.id}
            state="failed"
            led="led red"
            name={t('mailing.count.failed')}
            n={counts.failed}
          >
            {t('mailing.count.failed_hint')}
          </Cell>
          <Cell
            id={mailing.id}
            state="unknown"
            led="led red"
            name={t('mailing.count.unknown')}
            n={counts.unknown}
          >
            {t('mailing.count.unknown_hint')}
          </Cell>
          <Cell
            id={mailing.id}
            state="retrying"
            led="led amber"
            name={t('mailing.count.retrying')}
            n={counts.retrying}
          >
            {next_try_at
              ? t('mailing.next_try', { at: when(next_try_at) })
              : t('mailing.count.retrying_hint')}
          </Cell>
          <Cell
            id={mailing.id}
            state="under_way"
            led="led accent"
            name={t('mailing.count.under_way')}
            n={counts.under_way}
          >
            {t('mailing.count.under_way_hint')}
          </Cell>
          {mailing.state === 'cancelled' ? (
            <Cell
              id={mailing.id}
              state="cancelled"
              led="led off"
              name={t('mailing.count.cancelled')}
              n={counts.cancelled}
            >
              {t('mailing.count.cancelled_hint')}
            </Cell>
          ) : (
            <Cell
              id={mailing.id}
              state="waiting"
              led="led off"
              name={t('mailing.count.waiting')}
              n={counts.waiting}
            >
              {t('mailing.count.waiting_hint')}
            </Cell>
          )}
        </div>
        <div className="row sm t2 adds-up">
          <Icon name="check" size="s" className="ok" />
          <span>{t('mailing.adds_up', { n: figure(counts.recipients) })}</span>
        </div>
      </div>
      <div className="two spaced-more">
        <section>
          <h2 className="part-title">
            {t('mailing.rate')}
            <span className="t3">
              {mailing.state === 'running' && t('mailing.per_minute', { n: figure(progress.per_minute) })}
            </span>
          </h2>
          <div className="card">
            <RateChart progress={progress} />
            <table>
              <tbody>
                <Fact name={t('mailing.channel')}>{mailing.channel.name}</Fact>
                <Fact name={t('mailing.limit')}>
                  {mailing.rate ? t('mailing.a_minute', { n: figure(mailing.rate) }) : t('mailing.no_limit')}
                </Fact>
                <Fact name={t('mailing.answered')}>
                  <Link
                    to="/mailings/$mailingId"
                    params={{ mailingId: mailing.id }}
                    search={{ tab: 'answers' }}
                  >
                    {figure(counts.answered)}
                  </Link>
                </Fact>
                <Fact name={t('mailing.unsubscribed')}>
                  <Opens id={mailing.id} search={{ who: 'unsubscribed' }}>
                    {figure(counts.unsubscribed)}
                  </Opens>
                </Fact>
              </tbody>
            </table>
          </div>
        </section>
        <LeftOut mailing={mailing} />
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <tr>
      <td className="t2">{name}</td>
      <td className="r">{children}</td>
    </tr>
  );
}

/** A link to the recipients that a number counts. */
export function Opens({
  id,
  search,
  className,
  label,
  children,
}: {
  id: string;
  search: MailingSearch;
  className?: string;
  label?: string;
  children: ReactNode;
}) {
  return (
    <Link
      to="/mailings/$mailingId"
      params={{ mailingId: id }}
      search={{ tab: 'recipients', ...search }}
      className={className}
      aria-label={label}
    >
      {children}
    </Link>
  );
}

function Cell({
  id,
  state,
  led,
  name,
  n,
  children,
}: {
  id: string;
  state: string;
  led: string;
  name: string;
  n: number;
  children: ReactNode;
}) {
  const t = useT();
  const { locale } = useTexts();
  return (
    <div>
      <div className="k">
        <span className={led} />
        {name}
      </div>
      <Opens
        id={id}
        search={{ state }}
        className="figure plain-link"
        label={t('mailing.opens', { n: n.toLocaleString(locale), what: name })}
      >
        {n.toLocaleString(locale)}
      </Opens>
      <div className="h">{children}</div>
    </div>
  );
}
