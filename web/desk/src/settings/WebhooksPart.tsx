import { Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Webhook } from '../api/types';
import { useT } from '../i18n';
import { Button, IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';
import { toast } from '../ui/toasts';
import { Listing } from './Listing';
import { Part } from './Part';
import { SecretOnce } from './SecretOnce';
import { useAct } from './useAct';
import { WebhookDialog } from './WebhookDialog';
import { WebhookLog } from './WebhookLog';

/** Addresses that are told what happens. */
export function WebhooksPart() {
  const t = useT();
  const query = useQuery({
    queryKey: keys.webhooks,
    queryFn: () => ok(api.GET('/webhooks')).then((page) => page.items),
  });
  const act = useAct(keys.webhooks);
  const [edited, setEdited] = useState<Webhook | 'new' | null>(null);
  const [log, setLog] = useState<Webhook | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const path = (one: Webhook) => ({ params: { path: { id: one.id } } });
  return (
    <Part
      title={t('settings.webhooks')}
      text={t('webhooks.text')}
      act={
        <Button look="primary" icon="plus" onClick={() => setEdited('new')}>
          {t('webhooks.new')}
        </Button>
      }
    >
      <Listing query={query} icon="hook" empty={t('webhooks.none')} text={t('webhooks.none_text')}>
        {(webhooks) => (
          <table>
            <thead>
              <tr>
                <th>{t('webhooks.url')}</th>
                <th>{t('webhooks.events')}</th>
                <th>{t('webhooks.on')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {webhooks.map((one) => (
                <tr key={one.id}>
                  <td className="breaks">{one.url}</td>
                  <td>
                    <span className="row gap1 wrap">
                      {one.events.slice(0, 4).map((event) => (
                        <span key={event} className="chip">
                          {event}
                        </span>
                      ))}
                      {one.events.length > 4 && <span className="chip bare">+{one.events.length - 4}</span>}
                      {one.events.length === 0 && <span className="t3">{t('all')}</span>}
                    </span>
                  </td>
                  <td>
                    <Switch
                      aria-label={t('webhooks.on')}
                      checked={one.enabled}
                      onChange={(event) => {
                        const enabled = event.currentTarget.checked;
                        act.mutate(() =>
                          ok(api.PATCH('/webhooks/{id}', { ...path(one), body: { enabled } })),
                        );
                      }}
                    />
                  </td>
                  <td className="r">
                    <Pick target={<IconButton icon="more" label={t('more')} />}>
                      <Pick.Item leftSection={<Icon name="clock" />} onClick={() => setLog(one)}>
                        {t('webhooks.log')}
                      </Pick.Item>
                      <Pick.Item
                        leftSection={<Icon name="send" />}
                        onClick={() =>
                          act.mutate(async () => {
                            await ok(api.POST('/webhooks/{id}/test', path(one)));
                            toast({ text: t('webhooks.tested'), icon: 'send' });
                            setLog(one);
                          })
                        }
                      >
                        {t('webhooks.test')}
                      </Pick.Item>
                      <Pick.Item leftSection={<Icon name="edit" />} onClick={() => setEdited(one)}>
                        {t('edit')}
                      </Pick.Item>
                      <Pick.Item
                        leftSection={<Icon name="trash" />}
                        className="danger"
                        onClick={() => act.mutate(() => ok(api.DELETE('/webhooks/{id}', path(one))))}
                      >
                        {t('delete')}
                      </Pick.Item>
                    </Pick>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {edited && (
        <WebhookDialog
          webhook={edited === 'new' ? undefined : edited}
          onSecret={setSecret}
          onClose={() => setEdited(null)}
        />
      )}
      {log && <WebhookLog webhook={log} onClose={() => setLog(null)} />}
      {secret && (
        <SecretOnce
          title={t('webhooks.secret')}
          text={t('webhooks.secret_text')}
          secret={secret}
          onClose={() => setSecret(null)}
        />
      )}
    </Part>
  );
}
