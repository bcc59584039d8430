import { SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Import, ImportRow } from '../api/types';
import { isKey, useT, useTexts } from '../i18n';
import { Button } from '../ui/Button';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { LineSkeletons } from '../ui/Skeleton';

type Outcome = ImportRow['outcome'];
const OUTCOMES: Outcome[] = ['refused', 'new', 'updated', 'unchanged'];

/** What became of each row, or would. */
export function ImportRows({ one }: { one: Import }) {
  const { t, locale } = useTexts();
  const there = OUTCOMES.filter((outcome) => one.counts[outcome] > 0);
  const [chosen, setChosen] = useState<Outcome | null>(null);
  const outcome = chosen && there.includes(chosen) ? chosen : there[0];
  const list = useInfiniteQuery({
    enabled: outcome !== undefined,
    queryKey: [...keys.import(one.id), 'rows', one.state, outcome],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/imports/{id}/rows', {
          params: { path: { id: one.id }, query: { outcome, cursor: pageParam, limit: 50 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (!outcome) return null;
  return (
    <section className="sect">
      <div className="row gap2 wrap part-head">
        <SegmentedControl
          aria-label={t('import.outcome')}
          value={outcome}
          onChange={(value) => setChosen(value as Outcome)}
          data={there.map((value) => ({
            value,
            label: `${t(`import.${value}`)} ${one.counts[value].toLocaleString(locale)}`,
          }))}
        />
        <span className="grow" />
        <a className="btn small" href={`/api/v1/imports/${one.id}/report`} download>
          <Icon name="out" size="s" />
          {t('import.report')}
        </a>
      </div>
      {list.isPending && <LineSkeletons count={4} />}
      {list.error && rows.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
      {rows.length > 0 && (
        <div className="card scroll-x top2">
          <table>
            <thead>
              <tr>
                <th className="r line-col">{t('import.line')}</th>
                <th>{t('import.whom')}</th>
                <th>{outcome === 'refused' ? t('import.why') : t('import.outcome')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.line} row={row} />
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
  );
}

function Row({ row }: { row: ImportRow }) {
  const t = useT();
  const key = `refused.${row.reason}`;
  return (
    <tr>
      <td className="r t3">{row.line}</td>
      <td className="breaks">
        {row.contact_id ? (
          <Link to="/contacts/$contactId" params={{ contactId: row.contact_id }}>
            {row.shown}
          </Link>
        ) : (
          row.shown
        )}
      </td>
      <td className="t2 breaks">
        {row.outcome === 'refused' && isKey(key)
          ? t(key, { detail: row.detail ?? '' })
          : t(`import.${row.outcome}`)}
      </td>
    </tr>
  );
}
