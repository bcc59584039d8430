import { useState } from 'react';
import { useChannels } from '../api/queries';
import type { Channel } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { ChannelIcon, useKindName } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';
import { ChannelCard } from './ChannelCard';
import { ChannelDialog } from './ChannelDialog';
import { Listing } from './Listing';
import { Part } from './Part';
import { SecretOnce } from './SecretOnce';

const kinds = ['email', 'telegram', 'webchat'];

/** Where customers write to us, and whether it works. */
export function ChannelsPart() {
  const t = useT();
  const kindName = useKindName();
  const query = useChannels(true);
  const [edited, setEdited] = useState<{ kind: string; channel?: Channel } | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Part
      title={t('settings.channels')}
      text={t('channels.text')}
      act={
        <Pick
          target={
            <Button look="primary" icon="plus">
              {t('channels.new')}
              <Icon name="down" size="xs" />
            </Button>
          }
        >
          {kinds.map((kind) => (
            <Pick.Item
              key={kind}
              leftSection={<ChannelIcon kind={kind} />}
              onClick={() => setEdited({ kind })}
            >
              {kindName(kind)}
            </Pick.Item>
          ))}
        </Pick>
      }
    >
      <Listing query={query} icon="inbox" empty={t('empty.first')} text={t('empty.first_text')}>
        {(channels) => (
          <ul>
            {channels.map((channel) => (
              <ChannelCard
                key={channel.id}
                channel={channel}
                onEdit={() => setEdited({ kind: channel.kind, channel })}
              />
            ))}
          </ul>
        )}
      </Listing>
      {edited && (
        <ChannelDialog
          kind={edited.kind}
          channel={edited.channel}
          onSecret={setSecret}
          onClose={() => setEdited(null)}
        />
      )}
      {secret && (
        <SecretOnce
          title={t('channels.key')}
          text={t('channels.key_text')}
          secret={secret}
          onClose={() => setSecret(null)}
        />
      )}
    </Part>
  );
}
