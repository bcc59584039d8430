import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { useT, useTexts } from '../i18n';
import { MarketingTabs } from '../segments/MarketingTabs';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Empty } from '../ui/Empty';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { Pick } from '../ui/Pick';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';
import { useTemplates } from './queries';

/** What mailings are written from. */
export function TemplatesPage() {
  const t = useT();
  const writes = may(useMe(), 'mailings.write');
  const query = useTemplates();
  const templates = query.data ?? [];
  return (
    <Page title={t('template.all')} wide acts={writes && <NewTemplate />}>
      <MarketingTabs />
      <div className="sect">
        {query.isPending && <LineSkeletons count={5} />}
        {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
        {query.isSuccess && templates.length === 0 && (
          <Empty icon="edit" title={t('template.none')} text={t('template.none_text')}>
            {writes && <NewTemplate />}
          </Empty>
        )}
        {templates.length > 0 && (
          <div className="card scroll-x">
            <table>
              <thead>
                <tr>
                  <th>{t('template.name')}</th>
                  <th className="wide">{t('template.subject')}</th>
                  <th className="r wide">{t('nav.mailings')}</th>
                  <th className="r">{t('template.changed')}</th>
                </tr>
              </thead>
              <tbody>
                {templates.map((one) => (
                  <tr key={one.id} className="rowlink">
                    <td>
                      <span className="row gap1">
                        <ChannelIcon kind={one.kind} size="s" said />
                        <Link
                          className="m plain-link cover"
                          to="/mailings/templates/$templateId"
                          params={{ templateId: one.id }}
                        >
                          {one.name}
                        </Link>
                      </span>
                    </td>
                    <td className="wide t2">{one.subject}</td>
                    <td className="r wide">{one.mailings || ''}</td>
                    <td className="r t3">
                      <When at={one.updated_at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </Page>
  );
}

/** Begins a template from one of the starters. */
function NewTemplate() {
  const { t, language } = useTexts();
  const starters = useQuery({
    queryKey: ['starters'],
    queryFn: () => ok(api.GET('/templates/starters')).then((page) => page.items),
    staleTime: Infinity,
  });
  const all = starters.data ?? [];
  const own = [...all].sort((a, b) => Number(b.language === language) - Number(a.language === language));
  return (
    <Pick
      width={260}
      target={
        <button type="button" className="btn small primary">
          <Icon name="plus" size="s" />
          {t('template.new')}
        </button>
      }
    >
      {own.map((one) => (
        <Pick.Item
          key={one.key}
          component={Link}
          to="/mailings/templates/$templateId"
          params={{ templateId: 'new' } as never}
          search={{ starter: one.key } as never}
          leftSection={<ChannelIcon kind={one.kind} size="s" />}
        >
          {one.name} <span className="t3">{t(`language.${one.language === 'en' ? 'en' : 'id'}`)}</span>
        </Pick.Item>
      ))}
    </Pick>
  );
}
