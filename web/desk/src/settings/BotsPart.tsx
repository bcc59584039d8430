import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Bot } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { BotCard } from './BotCard';
import { BotDialog } from './BotDialog';
import { BotLog } from './BotLog';
import { BotSecrets, type Shown } from './BotSecrets';
import { Listing } from './Listing';
import { Part } from './Part';

/** Programs that answer customers: whether they do, where, and what they were asked. */
export function BotsPart() {
  const t = useT();
  const query = useQuery({
    queryKey: keys.bots,
    queryFn: () => ok(api.GET('/bots')).then((page) => page.items as Bot[]),
    refetchInterval: 10_000,
  });
  const [edited, setEdited] = useState<Bot | 'new' | null>(null);
  const [log, setLog] = useState<Bot | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  return (
    <Part
      title={t('settings.bots')}
      text={t('bots.text')}
      act={
        <Button look="primary" icon="plus" onClick={() => setEdited('new')}>
          {t('bots.new')}
        </Button>
      }
    >
      <Listing query={query} icon="bot" empty={t('bots.none')} text={t('bots.none_text')}>
        {(bots) => (
          <ul>
            {bots.map((bot) => (
              <BotCard
                key={bot.id}
                bot={bot}
                onEdit={() => setEdited(bot)}
                onLog={() => setLog(bot)}
                onSecrets={setShown}
              />
            ))}
          </ul>
        )}
      </Listing>
      {edited && (
        <BotDialog
          bot={edited === 'new' ? undefined : edited}
          onSecrets={setShown}
          onClose={() => setEdited(null)}
        />
      )}
      {log && <BotLog bot={log} onClose={() => setLog(null)} />}
      {shown && <BotSecrets shown={shown} onClose={() => setShown(null)} />}
    </Part>
  );
}
