import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ifStill, ok } from '../api/client';
import type { Ticket } from '../api/types';
import { useT } from '../i18n';
import { MessageText } from '../thread/MessageText';
import { Button, IconButton } from '../ui/Button';
import { fieldError, FormError } from '../ui/Failed';
import { useTicketAct } from './useTicketAct';

/** Title and description; the pencil makes them writable. */
export function TicketText({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const act = useTicketAct();
  const [form, setForm] = useState<{ title: string; description: string } | null>(null);
  if (!form) {
    return (
      <>
        <div className="row start">
          <h1 className="title grow">{ticket.title}</h1>
          <IconButton
            icon="edit"
            label={t('edit')}
            onClick={() => setForm({ title: ticket.title, description: ticket.description })}
          />
        </div>
        {ticket.description && (
          <div className="described t2">
            <MessageText text={ticket.description} />
          </div>
        )}
      </>
    );
  }
  const save = () =>
    act.mutate(
      () =>
        ok(
          api.PATCH('/tickets/{id}', {
            params: { path: { id: ticket.id } },
            ...ifStill(ticket.version),
            body: form,
          }),
        ),
      { onSuccess: () => setForm(null) },
    );
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextInput
        label={t('ticket.title')}
        value={form.title}
        onChange={(event) => setForm({ ...form, title: event.currentTarget.value })}
        error={fieldError(act.error, 'title', t)}
        autoFocus
      />
      <Textarea
        label={t('ticket.description')}
        autosize
        minRows={3}
        value={form.description}
        onChange={(event) => setForm({ ...form, description: event.currentTarget.value })}
      />
      <FormError error={act.error} />
      <div className="row">
        <Button look="primary" type="submit" busy={act.isPending} disabled={!form.title.trim()}>
          {t('save')}
        </Button>
        <Button look="quiet" onClick={() => setForm(null)}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
}
