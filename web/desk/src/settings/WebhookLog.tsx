import { useQuery } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Webhook } from '../api/types';
import { useT } from '../i18n';
import { hubWords } from '../i18n/hub';
import { Dialog } from '../ui/Dialog';
import { When } from '../ui/When';
import { Listing } from './Listing';

/** What was told to an address, and what it answered. */
export function WebhookLog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const t = useT();
  const query = useQuery({
    queryKey: keys.deliveries(webhook.id),
    queryFn: () =>
      ok(api.GET('/webhooks/{id}/deliveries', { params: { path: { id: webhook.id } } })).then(
        (page) => page.items,
      ),
    refetchInterval: 4000,
  });
  return (
    <Dialog title={t('webhooks.log')} size={640} onClose={onClose}>
      <p className="t3 sm breaks">{webhook.url}</p>
      <Listing query={query} icon="hook" empty={t('webhooks.log_none')}>
        {(deliveries) => (
          <table>
            <thead>
              <tr>
                <th>{t('webhooks.when')}</th>
                <th>{t('webhooks.event')}</th>
                <th>{t('webhooks.answer')}</th>
                <th className="r">{t('webhooks.tries')}</th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((one) => {
                const good = one.status !== null && one.status < 300;
                return (
                  <tr key={one.id}>
                    <td className="t2 nowrap">
                      <When at={one.at} full />
                    </td>
                    <td>{one.event}</td>
                    <td>
                      <span className={good ? 'chip green' : 'chip red'}>
                        {one.status ?? t('webhooks.no_answer')}
                      </span>
                      {one.error && one.status === null && (
                        <div className="t3 sm">{hubWords(one.error, t)}</div>
                      )}
                      {one.next_try_at && !good && (
                        <div className="t3 sm">
                          {t('webhooks.next')} <When at={one.next_try_at} full />
                        </div>
                      )}
                    </td>
                    <td className="r">{one.attempts}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </Listing>
    </Dialog>
  );
}
