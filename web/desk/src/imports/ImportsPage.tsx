import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState, type DragEvent } from 'react';
import { api, ok, sendFile } from '../api/client';
import { ApiError } from '../api/errors';
import { keys } from '../api/keys';
import type { Import } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT, useTexts } from '../i18n';
import { hubWords } from '../i18n/hub';
import { MarketingTabs } from '../segments/MarketingTabs';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { errorWords, Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';

/** Contacts from files: a new one, and those before. */
export function ImportsPage() {
  const { t, locale } = useTexts();
  const me = useMe();
  const may = can(me, 'contacts:import');
  const list = useInfiniteQuery({
    enabled: may,
    queryKey: keys.imports,
    queryFn: ({ pageParam }) =>
      ok(api.GET('/imports', { params: { query: { cursor: pageParam, limit: 30 } } })) as unknown as Promise<{
        items: Import[];
        next: string | null;
      }>,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const imports = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (!may) {
    return (
      <Page title={t('import.title')}>
        <Empty icon="lock" title={t('error.forbidden')} />
      </Page>
    );
  }
  return (
    <Page title={t('import.title')} wide>
      <MarketingTabs />
      <Upload />
      <section className="sect">
        <h2>{t('import.earlier')}</h2>
        {list.isPending && <LineSkeletons count={4} />}
        {list.error && imports.length === 0 && (
          <Failed error={list.error} retry={() => void list.refetch()} />
        )}
        {list.isSuccess && imports.length === 0 && (
          <div className="card">
            <Empty icon="users" title={t('import.none')} />
          </div>
        )}
        {imports.length > 0 && (
          <div className="card scroll-x">
            <table>
              <thead>
                <tr>
                  <th>{t('import.file')}</th>
                  <th>{t('status')}</th>
                  <th className="r">{t('import.rows')}</th>
                  <th className="r wide">{t('import.new')}</th>
                  <th className="r wide">{t('import.updated')}</th>
                  <th className="r wide">{t('import.refused')}</th>
                  <th className="wide">{t('import.who')}</th>
                  <th className="r">{t('import.when')}</th>
                </tr>
              </thead>
              <tbody>
                {imports.map((one) => (
                  <tr key={one.id} className="rowlink">
                    <td>
                      <Link
                        className="m plain-link cover breaks"
                        to="/contacts/import/$importId"
                        params={{ importId: one.id }}
                      >
                        {one.file_name}
                      </Link>
                    </td>
                    <td className="t2">{t(`import.state.${one.state}`)}</td>
                    <td className="r">{one.total.toLocaleString(locale)}</td>
                    <td className="r wide">{one.counts.new.toLocaleString(locale)}</td>
                    <td className="r wide">{one.counts.updated.toLocaleString(locale)}</td>
                    <td className="r wide">{one.counts.refused.toLocaleString(locale)}</td>
                    <td className="t2 wide">{one.created_by_name}</td>
                    <td className="r t3">
                      <When at={one.created_at} />
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
      </section>
    </Page>
  );
}

function Upload() {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<string | null>(null);
  const take = (file: File | undefined) => {
    if (!file || share !== null) return;
    setError(null);
    if (file.size > 20 * 1024 * 1024) return setError(t('error.too_large'));
    setShare(0);
    sendFile<Import>('/imports', file, setShare).then(
      (made) => {
        client.setQueryData(keys.import(made.id), made);
        void client.invalidateQueries({ queryKey: keys.imports, exact: true });
        void navigate({ to: '/contacts/import/$importId', params: { importId: made.id } });
      },
      (failure: unknown) => {
        setShare(null);
        const why = failure instanceof ApiError ? failure.problem.fields?.file : undefined;
        setError(why ? `${file.name}: ${hubWords(why, t)}` : errorWords(failure, t));
      },
    );
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <div
      className={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.txt,.tsv,text/csv"
        aria-label={t('import.choose')}
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <div className="row gap2 wrap">
        <Button look="primary" icon="plus" busy={share !== null} onClick={() => input.current?.click()}>
          {share === null ? t('import.choose') : t('import.sending', { share: Math.round(share * 100) })}
        </Button>
        <span className="t2 wide">{t('import.drop')}</span>
      </div>
      <p className="t3 sm">{t('import.limits')}</p>
      {error && (
        <p className="form-error row" role="alert">
          <Icon name="alert" size="s" /> {error}
        </p>
      )}
    </div>
  );
}
