import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Import, ImportMapping } from '../api/types';
import { useT, useTexts } from '../i18n';
import { hubWords } from '../i18n/hub';
import { byteWords } from '../lib/bytes';
import { useAct } from '../settings/useAct';
import { Button } from '../ui/Button';
import { Confirm } from '../ui/Dialog';
import { Failed, FormError } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { ImportRows } from './ImportRows';
import { MapColumns } from './MapColumns';

const underway = (one: Import | undefined) => one?.state === 'checking' || one?.state === 'running';

/** One file of contacts: its columns, the dry run, the run, what became of each row. */
export function ImportPage() {
  const { importId } = useParams({ from: '/desk/contacts/import/$importId' });
  const query = useQuery({
    queryKey: keys.import(importId),
    queryFn: () =>
      ok(api.GET('/imports/{id}', { params: { path: { id: importId } } })) as unknown as Promise<Import>,
    refetchInterval: ({ state }) => (underway(state.data) ? 700 : false),
  });
  if (query.data) return <Shown one={query.data} />;
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

function Shown({ one }: { one: Import }) {
  const { t, locale } = useTexts();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [mapping, setMapping] = useState(false);
  const [removing, setRemoving] = useState(false);
  const path = { params: { path: { id: one.id } } };
  const begin = useMutation({
    mutationFn: (by: ImportMapping | 'run') =>
      by === 'run'
        ? (ok(api.POST('/imports/{id}/run', path)) as unknown as Promise<Import>)
        : (ok(api.POST('/imports/{id}/check', { ...path, body: by })) as unknown as Promise<Import>),
    onSuccess: (now) => {
      client.setQueryData(keys.import(one.id), now);
      client.removeQueries({ queryKey: [...keys.import(one.id), 'rows'] });
      setMapping(false);
    },
  });
  const remove = useAct(keys.imports);
  const toMap = mapping || one.state === 'uploaded' || one.state === 'failed';
  const crumb = (
    <nav className="crumb" aria-label={t('import.title')}>
      <Link to="/contacts/import">{t('import.title')}</Link>
      <Icon name="right" size="xs" />
      <b className="cut" aria-current="page">
        {one.file_name}
      </b>
    </nav>
  );
  return (
    <Page
      title={one.file_name}
      crumb={crumb}
      wide
      acts={
        !underway(one) && (
          <Button small look="quiet" icon="trash" onClick={() => setRemoving(true)}>
            {t('import.remove')}
          </Button>
        )
      }
    >
      <h1 className="title breaks">{one.file_name}</h1>
      <p className="sub">
        {t('import.rows_n', { n: one.total.toLocaleString(locale) })} · {byteWords(one.size, locale)} ·{' '}
        {one.encoding} · {one.created_by_name}
      </p>
      {one.state === 'failed' && (
        <p className="form-error" role="alert">
          {t('import.failed', { why: hubWords(one.error ?? '', t) })}
        </p>
      )}
      {toMap && !underway(one) ? (
        <MapColumns one={one} busy={begin.isPending} error={begin.error} onCheck={(by) => begin.mutate(by)} />
      ) : (
        <>
          {underway(one) ? <Progress one={one} /> : <Result one={one} />}
          {one.state === 'checked' && (
            <div className="row gap2 wrap top2">
              <Button
                look="primary"
                busy={begin.isPending}
                disabled={one.counts.new + one.counts.updated === 0}
                onClick={() => begin.mutate('run')}
              >
                {one.counts.new + one.counts.updated === 0
                  ? t('import.run_none')
                  : t('import.run', { n: (one.counts.new + one.counts.updated).toLocaleString(locale) })}
              </Button>
              <Button onClick={() => setMapping(true)}>{t('import.check_again')}</Button>
              <span className="t3 sm grow">{t('import.rule')}</span>
            </div>
          )}
          <FormError error={begin.error} />
          {!underway(one) && <ImportRows one={one} />}
        </>
      )}
      {removing && (
        <Confirm
          title={t('import.remove')}
          text={t('import.remove_text', { name: one.file_name })}
          act={t('remove')}
          busy={remove.isPending}
          onYes={() =>
            remove.mutate(async () => {
              await ok(api.DELETE('/imports/{id}', path));
              await navigate({ to: '/contacts/import' });
            })
          }
          onClose={() => setRemoving(false)}
        />
      )}
    </Page>
  );
}

function Progress({ one }: { one: Import }) {
  const { t, locale } = useTexts();
  const shown = (n: number) => n.toLocaleString(locale);
  const running = one.state === 'running';
  return (
    <div className="card pad top2">
      <p className="m" role="status">
        {t(running ? 'import.running' : 'import.checking', {
          done: shown(one.done),
          total: shown(one.total),
        })}
      </p>
      <div
        className="meter big"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={one.total}
        aria-valuenow={one.done}
        aria-label={one.file_name}
      >
        <i className="p" style={{ width: `${(100 * one.done) / Math.max(1, one.total)}%` }} />
      </div>
      {running && <p className="t3 sm">{t('import.running_text')}</p>}
    </div>
  );
}

function Result({ one }: { one: Import }) {
  const t = useT();
  const { locale } = useTexts();
  const cells = [
    ['new', 'led'],
    ['updated', 'led'],
    ['unchanged', 'led off'],
    ['refused', one.counts.refused > 0 ? 'led red' : 'led off'],
  ] as const;
  return (
    <section className="sect">
      <h2>{t(one.state === 'done' ? 'import.done' : 'import.checked')}</h2>
      <div className="card cells">
        {cells.map(([outcome, led]) => (
          <div key={outcome}>
            <div className="k">
              <span className={led} />
              {t(`import.${outcome}`)}
            </div>
            <div className="figure">{one.counts[outcome].toLocaleString(locale)}</div>
            <div className="h">{t(`import.${outcome}_text`)}</div>
          </div>
        ))}
      </div>
    </section>
  );
}
