import { PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Channel } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { useKindName } from '../ui/ChannelIcon';
import { Dialog } from '../ui/Dialog';
import { FormError } from '../ui/Failed';
import { EmailFields } from './EmailFields';
import { TelegramFields } from './TelegramFields';
import { WebchatFields } from './WebchatFields';
import { useAct } from './useAct';

export type Settings = Record<string, unknown>;
export interface FieldsProps {
  settings: Settings;
  set: (some: Settings) => void;
  error: unknown;
}
const fields: Record<string, (props: FieldsProps) => React.ReactNode> = {
  email: EmailFields,
  telegram: TelegramFields,
  webchat: WebchatFields,
};
/** What the hub fills in itself. */
const readOnly = ['username', 'site_key'];
const first: Record<string, Settings> = {
  email: { address: '', from_name: '', signature: '' },
  telegram: { mode: 'polling' },
  webchat: {
    allowed_origins: [],
    title: '',
    greeting: '',
    language: 'id',
    accent: '#4a50d2',
    quick_replies: [],
  },
};

/** Adds a channel, or changes one. */
export function ChannelDialog({
  kind,
  channel,
  onSecret,
  onClose,
}: {
  kind: string;
  channel?: Channel;
  onSecret: (secret: string) => void;
  onClose: () => void;
}) {
  const t = useT();
  const kindName = useKindName()(kind);
  const act = useAct(keys.channels, keys.counts);
  const [name, setName] = useState(channel?.name ?? '');
  const [settings, setSettings] = useState<Settings>({ ...first[kind], ...channel?.settings });
  const [secret, setSecret] = useState('');
  const Fields = fields[kind];
  const writable = Object.fromEntries(Object.entries(settings).filter(([key]) => !readOnly.includes(key)));
  const fallback = typeof settings.address === 'string' && settings.address ? settings.address : kindName;
  const body = { name: name.trim() || fallback, settings: writable, secret: secret.trim() || undefined };
  const save = () =>
    act.mutate(
      async () => {
        if (channel) {
          await ok(api.PATCH('/api/v1/channels/{id}', { params: { path: { id: channel.id } }, body }));
          return;
        }
        const made = await ok(api.POST('/api/v1/channels', { body: { ...body, kind } }));
        if (made.secret) onSecret(made.secret);
      },
      { onSuccess: onClose },
    );
  const needsToken = kind === 'telegram' && !channel;
  const needsAddress = kind === 'email' && !settings.address;
  return (
    <Dialog
      title={channel ? channel.name : t('channels.new_kind', { kind: kindName })}
      size={520}
      onClose={onClose}
      onSubmit={save}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            look="primary"
            type="submit"
            busy={act.isPending}
            disabled={(needsToken && !secret.trim()) || needsAddress}
          >
            {t(channel ? 'save' : 'channels.connect')}
          </Button>
        </>
      }
    >
      {kind === 'telegram' && (
        <PasswordInput
          label={t('channels.bot_token')}
          description={t(channel ? 'channels.bot_token_keep' : 'channels.bot_token_hint')}
          autoComplete="off"
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          data-autofocus
        />
      )}
      <TextInput
        label={t('name')}
        description={t('channels.name_hint')}
        placeholder={fallback}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {Fields && (
        <Fields settings={settings} set={(some) => setSettings({ ...settings, ...some })} error={act.error} />
      )}
      <FormError error={act.error} />
    </Dialog>
  );
}
