import { MultiSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Webhook } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { useFormAct } from './useAct';

/** The event kinds that the hub tells. */
const events = [
  'message.received',
  'message.sent',
  'message.note',
  'message.edited',
  'message.retracted',
  'delivery.changed',
  'conversation.opened',
  'conversation.assigned',
  'conversation.solved',
  'conversation.reopened',
  'conversation.snoozed',
  'conversation.changed',
  'conversation.channel_changed',
  'conversation.given_to_bot',
  'conversation.taken_over',
  'conversation.handed_over',
  'contact.changed',
  'contact.merged',
  'contact.unmerged',
  'contact.imported',
  'consent.changed',
  'address.suppressed',
  'address.released',
  'import.finished',
  'identity.verified',
  'suggestion.made',
  'ticket.opened',
  'ticket.attached',
  'ticket.detached',
  'ticket.offered',
  'ticket.refused',
  'ticket.changed',
  'ticket.solved',
  'ticket.reopened',
  'channel.changed',
  'quarantine.added',
];

export function WebhookDialog({
  webhook,
  onSecret,
  onClose,
}: {
  webhook?: Webhook;
  onSecret: (secret: string) => void;
  onClose: () => void;
}) {
  const t = useT();
  const act = useFormAct(keys.webhooks);
  const [url, setUrl] = useState(webhook?.url ?? 'https://');
  const [chosen, setChosen] = useState(webhook?.events ?? ['message.received']);
  const body = { url: url.trim(), events: chosen };
  const save = () =>
    act.mutate(
      async () => {
        if (webhook) {
          await ok(api.PATCH('/webhooks/{id}', { params: { path: { id: webhook.id } }, body }));
          return;
        }
        const made = await ok(api.POST('/webhooks', { body: { ...body, enabled: true } }));
        if (made.secret) onSecret(made.secret);
      },
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t(webhook ? 'edit' : 'webhooks.new')}
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
            disabled={!/^https?:\/\/\S+/.test(url) || chosen.length === 0}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <TextInput
        label={t('webhooks.url')}
        type="url"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        error={fieldError(act.error, 'url', t)}
        data-autofocus
      />
      <MultiSelect
        label={t('webhooks.events')}
        searchable
        data={events}
        value={chosen}
        onChange={setChosen}
        error={fieldError(act.error, 'events', t)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
