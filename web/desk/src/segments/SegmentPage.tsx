import { TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ifStill, ok } from '../api/client';
import { codeOf } from '../api/errors';
import { keys } from '../api/keys';
import type { Segment } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT, useTexts } from '../i18n';
import { Button } from '../ui/Button';
import { Confirm } from '../ui/Dialog';
import { errorWords, Failed, fieldError, FormError } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { toast } from '../ui/toasts';
import { ExplainDialog } from './ExplainDialog';
import { MarketingTabs } from './MarketingTabs';
import { SegmentMembers } from './SegmentMembers';
import { SegmentTree } from './SegmentTree';
import { asSent, everybody, pruned, type Condition } from './tree';
import { useCount } from './useCount';

/** One segment: its conditions, how many meet each, who is in it, and why. */
export function SegmentPage() {
  const { segmentId } = useParams({ from: '/desk/segments/$segmentId' });
  const isNew = segmentId === 'new';
  const query = useQuery({
    enabled: !isNew,
    queryKey: keys.segment(segmentId),
    queryFn: () =>
      ok(api.GET('/segments/{id}', { params: { path: { id: segmentId } } })).then(
        (segment) => segment as unknown as Segment,
      ),
  });
  if (isNew) return <Editor key="new" />;
  if (query.data) return <Editor key={`${segmentId} ${query.data.version}`} segment={query.data} />;
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

function Editor({ segment }: { segment?: Segment }) {
  const { t, locale } = useTexts();
  const me = useMe();
  const may = can(me, 'segments:write');
  const [tree, setTree] = useState<Condition>(segment?.condition ?? everybody);
  const [name, setName] = useState(segment?.name ?? '');
  const [doing, setDoing] = useState<'explain' | 'delete' | null>(null);
  const { condition, left } = pruned(tree);
  const { counted, former, error, current } = useCount(tree);
  const save = useSave(segment, name.trim(), condition);
  const remove = useRemove(segment);
  const changed =
    !segment || name.trim() !== segment.name || JSON.stringify(tree) !== JSON.stringify(segment.condition);
  const ready = changed && name.trim() !== '' && left === 0;
  const shown = (n: number) => n.toLocaleString(locale);
  const crumb = (
    <nav className="crumb" aria-label={t('segments.title')}>
      <Link to="/segments">{t('segments.title')}</Link>
      <Icon name="right" size="xs" />
      <b className="cut" aria-current="page">
        {segment?.name ?? t('segments.new')}
      </b>
    </nav>
  );
  return (
    <Page
      title={segment?.name ?? t('segments.new')}
      crumb={crumb}
      wide
      acts={
        may && (
          <>
            {segment && (
              <Button small look="quiet" icon="trash" className="wide" onClick={() => setDoing('delete')}>
                {t('delete')}
              </Button>
            )}
            {segment && (
              <Button
                small
                className="wide"
                disabled={!ready || name.trim() === segment.name}
                onClick={() => save.mutate('new')}
              >
                {t('segments.save_as')}
              </Button>
            )}
            <Button
              small
              look="primary"
              busy={save.isPending}
              disabled={!ready}
              onClick={() => save.mutate('same')}
            >
              {t('segments.save')}
            </Button>
          </>
        )
      }
    >
      <MarketingTabs />
      {may ? (
        <TextInput
          label={t('segments.name')}
          placeholder={t('segments.name_hint')}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldError(save.error, 'name', t)}
        />
      ) : (
        <>
          <h1 className="title">{name}</h1>
          <p className="t3">{t('segments.read_only')}</p>
        </>
      )}
      {save.error && codeOf(save.error) === 'stale' ? (
        <p className="form-error" role="alert">
          {t('segments.conflict')} <Reload id={segment?.id ?? ''} />
        </p>
      ) : (
        <FormError error={save.error} />
      )}
      <section className="sect">
        <h2>
          <span className="count" role="status">
            {former && t('segments.counted', { n: shown(former.total), all: shown(former.everybody) })}
            {!current && !error && ` · ${t('segments.counting')}`}
            {error && t('segments.count_failed', { why: errorWords(error, t) })}
          </span>
          <span className="end">
            <Button small look="quiet" icon="user" onClick={() => setDoing('explain')}>
              {t('segments.explain')}
            </Button>
          </span>
        </h2>
        <div className="card">
          <SegmentTree
            condition={tree}
            onChange={may ? setTree : undefined}
            counts={counted?.nodes}
            everybody={counted?.everybody}
          />
        </div>
        {left > 0 && (
          <p className="row sm soon top2">
            <Icon name="alert" size="s" />
            {t('segments.incomplete')}
          </p>
        )}
      </section>
      <SegmentMembers condition={condition} />
      {doing === 'explain' && <ExplainDialog condition={condition} onClose={() => setDoing(null)} />}
      {doing === 'delete' && segment && (
        <Confirm
          title={t('delete')}
          text={t('segments.delete_text', { name: segment.name })}
          act={t('delete')}
          busy={remove.isPending}
          onYes={() => remove.mutate()}
          onClose={() => setDoing(null)}
        />
      )}
    </Page>
  );
}

function Reload({ id }: { id: string }) {
  const t = useT();
  const client = useQueryClient();
  return (
    <Button small onClick={() => void client.invalidateQueries({ queryKey: keys.segment(id) })}>
      {t('segments.load_anew')}
    </Button>
  );
}

/** Saves the segment, or a new one beside it. */
function useSave(segment: Segment | undefined, name: string, condition: Condition) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (how: 'same' | 'new') => {
      const body = { name, condition: asSent(condition) };
      const saved =
        segment && how === 'same'
          ? await ok(
              api.PATCH('/segments/{id}', {
                params: { path: { id: segment.id } },
                ...ifStill(segment.version),
                body,
              }),
            )
          : await ok(api.POST('/segments', { body }));
      return saved as unknown as Segment;
    },
    onSuccess: (saved) => {
      client.setQueryData(keys.segment(saved.id), saved);
      void client.invalidateQueries({ queryKey: keys.segments, exact: true });
      toast({ text: t('segments.saved'), icon: 'check', tone: 'ok' });
      void navigate({ to: '/segments/$segmentId', params: { segmentId: saved.id }, replace: !segment });
    },
  });
}

function useRemove(segment: Segment | undefined) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => ok(api.DELETE('/segments/{id}', { params: { path: { id: segment?.id ?? '' } } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.segments });
      void navigate({ to: '/segments' });
    },
    onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
  });
}
