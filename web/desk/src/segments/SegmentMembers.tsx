import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { useT } from '../i18n';
import { useDebounced } from '../lib/useDebounced';
import { Avatar } from '../ui/Avatar';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { Failed } from '../ui/Failed';
import { LineSkeletons } from '../ui/Skeleton';
import { asSent, type Condition } from './tree';

/** Some of those who meet the conditions, the newest first. */
export function SegmentMembers({ condition }: { condition: Condition }) {
  const t = useT();
  const text = useDebounced(JSON.stringify(condition), 500);
  const list = useInfiniteQuery({
    queryKey: ['segment-members', text],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.POST('/segments/preview', {
          body: { condition: asSent(JSON.parse(text) as Condition), cursor: pageParam ?? null, limit: 20 },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
    retry: false,
  });
  const people = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="sect">
      <h2>{t('segments.who')}</h2>
      {list.isPending && <LineSkeletons count={4} />}
      {list.error && people.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && people.length === 0 && (
        <div className="card">
          <Empty icon="users" title={t('segments.who_none')} />
        </div>
      )}
      {people.length > 0 && (
        <div className="card scroll-x">
          <table>
            <tbody>
              {people.map((one) => (
                <tr key={one.id} className="rowlink">
                  <td>
                    <Link
                      className="row gap1 plain-link cover"
                      to="/contacts/$contactId"
                      params={{ contactId: one.id }}
                    >
                      <Avatar name={one.name} size={24} />
                      <span className="m cut">{one.name}</span>
                    </Link>
                  </td>
                  <td className="t2 cut addresses">{one.addresses.join(' · ')}</td>
                  <td className="t2 wide">{one.city}</td>
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
  );
}
