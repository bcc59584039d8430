import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { QuarantineEntry } from '../api/types';
import { useTexts } from '../i18n';
import { hubWords } from '../i18n/hub';
import { byteWords } from '../lib/bytes';
import { Button, IconButton } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Confirm } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toasts';
import { When } from '../ui/When';
import { Listing } from './Listing';
import { Part } from './Part';
import { useAct } from './useAct';

/** Messages that could not be read: kept, with the reason, to be tried again. */
export function QuarantinePart() {
  const { t, locale } = useTexts();
  const query = useQuery({
    queryKey: keys.quarantine,
    queryFn: () => ok(api.GET('/quarantine')).then((page) => page.items),
  });
  const act = useAct(keys.quarantine);
  const [gone, setGone] = useState<QuarantineEntry | null>(null);
  const retry = (one: QuarantineEntry) =>
    act.mutate(async () => {
      await ok(api.POST('/quarantine/{id}/retry', { params: { path: { id: one.id } } }));
      toast({ text: t('quarantine.done'), icon: 'check', tone: 'ok' });
    });
  return (
    <Part title={t('settings.quarantine')} text={t('quarantine.text')}>
      <Listing query={query} icon="check" empty={t('quarantine.none')} text={t('quarantine.none_text')}>
        {(all) => (
          <ul>
            {all.map((one) => (
              <li key={one.id} className="channel">
                <div className="row">
                  <ChannelIcon kind={one.channel.kind} said />
                  <span className="m">{one.channel.name}</span>
                  <span className="t3 sm">
                    <When at={one.at} full /> · {byteWords(one.size, locale)} ·{' '}
                    {t('quarantine.tries', { n: one.attempts })}
                  </span>
                </div>
                <div>
                  <span className="t3">{t('quarantine.why')}</span>
                  <p className="breaks">{hubWords(one.reason, t)}</p>
                </div>
                <div className="row">
                  <Button small icon="refresh" busy={act.isPending} onClick={() => retry(one)}>
                    {t('try_again')}
                  </Button>
                  {one.original_url && (
                    <a className="btn small" href={one.original_url} download>
                      <Icon name="down-to" size="s" />
                      {t('message.original')}
                    </a>
                  )}
                  <span className="grow" />
                  <IconButton icon="trash" label={t('delete')} onClick={() => setGone(one)} />
                </div>
              </li>
            ))}
          </ul>
        )}
      </Listing>
      {gone && (
        <Confirm
          title={t('quarantine.delete')}
          text={t('quarantine.delete_text')}
          act={t('delete')}
          busy={act.isPending}
          onYes={() =>
            act.mutate(() => ok(api.DELETE('/quarantine/{id}', { params: { path: { id: gone.id } } })), {
              onSuccess: () => setGone(null),
            })
          }
          onClose={() => setGone(null)}
        />
      )}
    </Part>
  );
}
