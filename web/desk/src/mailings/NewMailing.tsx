import { Select, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok, once } from '../api/client';
import { useChannels } from '../api/queries';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { useMailingAct } from './queries';

/** The name and the way out of a new mailing; the rest is chosen on its page. */
export function NewMailing({ onClose }: { onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const act = useMailingAct();
  const channels = (useChannels().data ?? []).filter(
    (one) => one.kind === 'email' || one.kind === 'telegram',
  );
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const first = channels.find((one) => one.kind === 'email') ?? channels[0];
  const channel = chosen ?? first?.id ?? null;
  const add = () =>
    act.mutate(async () => {
      const made = await ok(api.POST('/mailings', { ...once(), body: { name, channel_id: channel ?? '' } }));
      await navigate({ to: '/mailings/$mailingId', params: { mailingId: made.id } });
    });
  return (
    <Dialog
      title={t('mailing.new')}
      onClose={onClose}
      onSubmit={add}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!name.trim() || !channel}>
            {t('mailing.prepare')}
          </Button>
        </>
      }
    >
      <TextInput
        label={t('mailing.name')}
        description={t('mailing.name_hint')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={fieldError(act.error, 'name', t)}
        data-autofocus
      />
      <Select
        label={t('mailing.channel')}
        data={channels.map((one) => ({ value: one.id, label: one.name }))}
        value={channel}
        onChange={setChosen}
        allowDeselect={false}
        error={fieldError(act.error, 'channel_id', t)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
