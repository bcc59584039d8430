import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Segment } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT, useTexts } from '../i18n';
import { Listing } from '../settings/Listing';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { When } from '../ui/When';
import { MarketingTabs } from './MarketingTabs';
import { useCount } from './useCount';

/** Questions about customers that are asked again and again. */
export function SegmentsPage() {
  const t = useT();
  const me = useMe();
  const query = useQuery({
    queryKey: keys.segments,
    queryFn: () => ok(api.GET('/segments')).then((page) => page.items as unknown as Segment[]),
  });
  return (
    <Page
      title={t('segments.title')}
      wide
      acts={
        can(me, 'segments:write') && (
          <Link to="/segments/$segmentId" params={{ segmentId: 'new' }} className="btn small primary">
            <Icon name="plus" size="s" />
            {t('segments.new')}
          </Link>
        )
      }
    >
      <MarketingTabs />
      <Listing query={query} icon="filter" empty={t('segments.none')} text={t('segments.none_text')}>
        {(segments) => (
          <table>
            <thead>
              <tr>
                <th>{t('name')}</th>
                <th className="r">{t('segments.people')}</th>
                <th className="wide">{t('segments.by')}</th>
                <th className="r">{t('segments.changed')}</th>
              </tr>
            </thead>
            <tbody>
              {segments.map((one) => (
                <tr key={one.id} className="rowlink">
                  <td>
                    <Link
                      className="m plain-link cover"
                      to="/segments/$segmentId"
                      params={{ segmentId: one.id }}
                    >
                      {one.name}
                    </Link>
                  </td>
                  <td className="r">
                    <People segment={one} />
                  </td>
                  <td className="t2 wide">{one.created_by}</td>
                  <td className="r t3">
                    <When at={one.updated_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Listing>
    </Page>
  );
}

function People({ segment }: { segment: Segment }) {
  const { locale } = useTexts();
  const { counted, error } = useCount(segment.condition);
  if (error) return <span className="t3">–</span>;
  return counted ? counted.total.toLocaleString(locale) : <span className="t3">…</span>;
}
