import { useInfiniteQuery } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { isKey, useT } from '../i18n';
import { Button } from '../ui/Button';
import { When } from '../ui/When';
import { Listing } from './Listing';
import { Part } from './Part';

/** Who did what, when, from where. */
export function AuditPart() {
  const t = useT();
  const query = useInfiniteQuery({
    queryKey: keys.audit,
    queryFn: ({ pageParam }) =>
      ok(api.GET('/audit', { params: { query: { cursor: pageParam, limit: 100 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const entries = query.data?.pages.flatMap((page) => page.items);
  return (
    <Part title={t('settings.audit')} text={t('audit.text')}>
      <Listing
        query={{ data: entries, error: query.error, refetch: query.refetch as never }}
        icon="eye"
        empty={t('audit.none')}
      >
        {(all) => (
          <table>
            <thead>
              <tr>
                <th>{t('webhooks.when')}</th>
                <th>{t('audit.who')}</th>
                <th>{t('audit.what')}</th>
                <th>{t('audit.subject')}</th>
                <th>{t('sessions.address')}</th>
              </tr>
            </thead>
            <tbody>
              {all.map((one) => (
                <tr key={one.id}>
                  <td className="t2 nowrap">
                    <When at={one.at} full />
                  </td>
                  <td className="m nowrap">{one.actor.name}</td>
                  <td>
                    {isKey(`audit.${one.action}`) ? t(`audit.${one.action}` as 'audit.who') : one.action}
                  </td>
                  <td className="t2 breaks">{one.subject}</td>
                  <td className="t3 num">{one.address}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {query.hasNextPage && (
        <Button
          className="center-btn"
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </Part>
  );
}
