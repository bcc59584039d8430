import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useCounts } from '../api/queries';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { isKey, useT } from '../i18n';
import { Button } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Empty } from '../ui/Empty';
import type { InboxPlace } from './place';

/** An empty folder: whether that is good, and what to do next. */
export function EmptyList({ place }: { place: InboxPlace }) {
  const t = useT();
  const me = useMe();
  const counts = useCounts().data;
  if (place.search.channel ?? place.search.label) {
    return (
      <Empty icon="filter" title={t('empty.filter')} text={t('empty.filter_text')}>
        <Link className="btn small" to="/inbox/$folder" params={{ folder: place.folder }}>
          {t('empty.no_filter')}
        </Link>
      </Empty>
    );
  }
  if (counts && counts.channels.length === 0) {
    if (!may(me, 'channels'))
      return <Empty icon="inbox" title={t('empty.first')} text={t('empty.first_wait')} />;
    return (
      <Empty icon="inbox" title={t('empty.first')} text={t('empty.first_text')}>
        {['email', 'telegram', 'webchat'].map((kind) => (
          <Link key={kind} className="btn small" to="/settings/$section" params={{ section: 'channels' }}>
            <ChannelIcon kind={kind} size="s" />
            {isKey(`kind.${kind}`) && t(`kind.${kind}` as 'kind.email')}
          </Link>
        ))}
      </Empty>
    );
  }
  if (place.folder === 'mine' && counts && counts.unassigned > 0)
    return <TakeNext waiting={counts.unassigned} />;
  const title = `empty.${place.folder}`;
  const rest = place.folder === 'unsure' ? 'empty.unsure_rest' : 'empty.rest';
  return <Empty icon="check" title={isKey(title) ? t(title) : t('empty.open')} text={t(rest)} />;
}

function TakeNext({ waiting }: { waiting: number }) {
  const t = useT();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const take = useMutation({
    mutationFn: async () => {
      const query = { folder: 'unassigned', sort: 'waiting', limit: 1 } as const;
      const { items } = await ok(api.GET('/conversations', { params: { query } }));
      const row = items[0];
      if (!row) return null;
      return ok(
        api.PATCH('/conversations/{id}', {
          params: { path: { id: row.id } },
          body: { assignee_id: me.id },
        }),
      );
    },
    onSuccess: (row) => {
      void client.invalidateQueries({ queryKey: keys.lists });
      void client.invalidateQueries({ queryKey: keys.counts });
      if (row) {
        void navigate({
          to: '/inbox/$folder/$conversationId',
          params: { folder: 'mine', conversationId: row.id },
        });
      }
    },
  });
  return (
    <Empty icon="check" title={t('empty.mine')} text={t('empty.unassigned_wait', { n: waiting })}>
      <Button small look="primary" busy={take.isPending} onClick={() => take.mutate()}>
        {t('empty.take')}
      </Button>
      <Link className="btn small quiet" to="/inbox/$folder" params={{ folder: 'unassigned' }}>
        {t('empty.see_all', { n: waiting })}
      </Link>
    </Empty>
  );
}
