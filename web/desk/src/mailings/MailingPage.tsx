import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import type { MailingProgress } from '../api/types';
import type { MailingSearch } from '../app/router';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { useT, useTexts } from '../i18n';
import { Button } from '../ui/Button';
import { Confirm } from '../ui/Dialog';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { AnswersPart } from './AnswersPart';
import { ContentPart } from './ContentPart';
import { DraftPart } from './DraftPart';
import { ProgressPart } from './ProgressPart';
import { useMailingAct, useProgress } from './queries';
import { RecipientsPart } from './RecipientsPart';

/** One mailing. */
export function MailingPage() {
  const { mailingId: id } = useParams({ from: '/desk/mailings/$mailingId' });
  const query = useProgress(id);
  if (query.data) return <Shown key={id} progress={query.data} />;
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

function Shown({ progress }: { progress: MailingProgress }) {
  const t = useT();
  const { mailing } = progress;
  const search = useSearch({ from: '/desk/mailings/$mailingId' });
  const draft = mailing.state === 'draft';
  const tab = search.tab ?? 'progress';
  const crumb = (
    <nav className="crumb" aria-label={t('nav.mailings')}>
      <Link to="/mailings">{t('nav.mailings')}</Link>
      <Icon name="right" size="xs" />
      <b className="cut" aria-current="page">
        {mailing.name}
      </b>
    </nav>
  );
  return (
    <Page title={mailing.name} crumb={crumb} wide acts={<Acts progress={progress} />}>
      {!draft && <Tabs progress={progress} here={tab} />}
      {draft && <DraftPart mailing={mailing} />}
      {!draft && tab === 'progress' && <ProgressPart progress={progress} />}
      {!draft && tab === 'content' && <ContentPart id={mailing.id} />}
      {!draft && tab === 'recipients' && <RecipientsPart mailing={mailing} />}
      {!draft && tab === 'answers' && <AnswersPart id={mailing.id} />}
    </Page>
  );
}

function Tabs({ progress, here }: { progress: MailingProgress; here: string }) {
  const { t, locale } = useTexts();
  const { mailing } = progress;
  const tabs: { name: MailingSearch['tab']; title: string; count?: number }[] = [
    { name: undefined, title: t('mailing.tab.progress') },
    { name: 'content', title: t('mailing.tab.content') },
    { name: 'recipients', title: t('mailing.tab.recipients'), count: mailing.counts.audience },
    { name: 'answers', title: t('mailing.tab.answers'), count: mailing.counts.answered },
  ];
  return (
    <nav className="tabs search-tabs" aria-label={t('mailing.tabs')}>
      {tabs.map((tab) => {
        const on = here === (tab.name ?? 'progress');
        return (
          <Link
            key={tab.title}
            to="/mailings/$mailingId"
            params={{ mailingId: mailing.id }}
            search={{ tab: tab.name }}
            className={on ? 'on' : undefined}
            aria-current={on ? 'page' : undefined}
          >
            {tab.title}{' '}
            {tab.count !== undefined && <span className="count">{tab.count.toLocaleString(locale)}</span>}
          </Link>
        );
      })}
    </nav>
  );
}

function Acts({ progress }: { progress: MailingProgress }) {
  const t = useT();
  const { id, state, counts } = progress.mailing;
  const act = useMailingAct(id);
  const [ending, setEnding] = useState(false);
  if (!may(useMe(), 'mailings.send')) return null;
  const params = { params: { path: { id } } };
  const open = counts.waiting + counts.retrying + counts.under_way;
  return (
    <>
      {state === 'running' && (
        <Button
          small
          icon="pause"
          busy={act.isPending}
          onClick={() => act.mutate(() => ok(api.POST('/mailings/{id}/pause', params)))}
        >
          {t('mailing.pause')}
        </Button>
      )}
      {state === 'paused' && (
        <Button
          small
          look="primary"
          icon="play"
          busy={act.isPending}
          onClick={() => act.mutate(() => ok(api.POST('/mailings/{id}/resume', params)))}
        >
          {t('mailing.resume')}
        </Button>
      )}
      {(state === 'running' || state === 'paused') && (
        <Button small look="quiet" icon="x" onClick={() => setEnding(true)}>
          {t('mailing.cancel')}
        </Button>
      )}
      {ending && (
        <Confirm
          title={t('mailing.cancel_title', { name: progress.mailing.name })}
          text={t('mailing.cancel_text', { n: open })}
          act={t('mailing.cancel')}
          busy={act.isPending}
          onYes={() =>
            act.mutate(() => ok(api.POST('/mailings/{id}/cancel', params)), {
              onSuccess: () => setEnding(false),
            })
          }
          onClose={() => setEnding(false)}
        />
      )}
    </>
  );
}
