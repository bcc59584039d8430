import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { Avatar } from '../ui/Avatar';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { Failed } from '../ui/Failed';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';

/** The conversations that answer a mailing. */
export function AnswersPart({ id }: { id: string }) {
  const t = useT();
  const list = useInfiniteQuery({
    queryKey: [...keys.mailing(id), 'answers'],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/mailings/{id}/answers', {
          params: { path: { id }, query: { cursor: pageParam, limit: 20 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="sect">
      {list.isPending && <LineSkeletons count={5} />}
      {list.error && rows.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 && (
        <Empty icon="inbox" title={t('mailing.no_answers')} text={t('mailing.no_answers_text')} />
      )}
      {rows.length > 0 && (
        <ul className="card hits">
          {rows.map((row) => (
            <li key={row.id}>
              <Link
                to="/inbox/$folder/$conversationId"
                params={{ folder: row.status === 'solved' ? 'solved' : 'open', conversationId: row.id }}
              >
                <Avatar name={row.contact.name} size={24} />
                <span className="min0">
                  <b className="m">{row.contact.name}</b>
                  <span className="t2 cut block">{row.preview}</span>
                </span>
                {row.status === 'solved' && <span className="chip green">{t('status.solved')}</span>}
                <span className="t3 nowrap">
                  <When at={row.last_message_at} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
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
  );
}
