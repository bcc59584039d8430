import { PasswordInput, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Channel, ChannelSettings } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { useKindName } from '../ui/ChannelIcon';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { EmailFields } from './EmailFields';
import { TelegramFields } from './TelegramFields';
import { WebchatFields } from './WebchatFields';
import { useFormAct } from './useAct';

export interface FieldsProps {
  settings: ChannelSettings;
  set: (some: ChannelSettings) => void;
  error: unknown;
}
const fields: Record<string, (props: FieldsProps) => React.ReactNode> = {
  email: EmailFields,
  telegram: TelegramFields,
  webchat: WebchatFields,
};
const first: Record<string, ChannelSettings> = {
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
  const act = useFormAct(keys.channels, keys.counts);
  const [name, setName] = useState(channel?.name ?? '');
  const [settings, setSettings] = useState<ChannelSettings>({ ...first[kind], ...channel?.settings });
  const [secret, setSecret] = useState('');
  const [address, setAddress] = useState(channel?.address ?? '');
  const [newKey, setNewKey] = useState(false);
  const Fields = fields[kind];
  const mail = kind === 'email';
  const common = {
    name: name.trim() || (mail && address.trim()) || kindName,
    settings,
    secret: secret.trim() || undefined,
  };
  const save = () =>
    act.mutate(
      async () => {
        if (channel) {
          const body = { ...common, new_signing_key: newKey };
          const { signing_key } = await ok(
            api.PATCH('/channels/{id}', { params: { path: { id: channel.id } }, body }),
          );
          if (signing_key) onSecret(signing_key);
          return;
        }
        const body = { ...common, kind, address: mail ? address.trim() : undefined };
        const { signing_key } = await ok(api.POST('/channels', { body }));
        if (signing_key) onSecret(signing_key);
      },
      { onSuccess: onClose },
    );
  const needsToken = kind === 'telegram' && !channel && !secret.trim();
  const needsAddress = mail && !channel && !address.trim();
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
          <Button look="primary" type="submit" busy={act.isPending} disabled={needsToken || needsAddress}>
            {t(channel ? 'save' : 'channels.connect')}
          </Button>
        </>
      }
    >
      {mail && !channel && (
        <TextInput
          label={t('email')}
          description={t('channels.mail_hint')}
          type="email"
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          error={fieldError(act.error, 'address', t)}
          data-autofocus
        />
      )}
      {kind === 'telegram' && (
        <PasswordInput
          label={t('channels.bot_token')}
          description={t(channel ? 'channels.bot_token_keep' : 'channels.bot_token_hint')}
          autoComplete="off"
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          error={fieldError(act.error, 'secret', t)}
          data-autofocus
        />
      )}
      <TextInput
        label={t('name')}
        description={t('channels.name_hint')}
        placeholder={(mail && address) || kindName}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {Fields && (
        <Fields settings={settings} set={(some) => setSettings({ ...settings, ...some })} error={act.error} />
      )}
      {kind === 'webchat' && channel && (
        <Switch
          label={t('channels.new_key')}
          description={t('channels.new_key_hint')}
          checked={newKey}
          onChange={(event) => setNewKey(event.currentTarget.checked)}
        />
      )}
      <FormError error={act.error} />
    </Dialog>
  );
}
