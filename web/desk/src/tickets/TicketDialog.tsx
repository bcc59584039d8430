import { SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok, once } from '../api/client';
import { useContact } from '../api/queries';
import type { Conversation, Message, TicketKind } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { toast } from '../ui/toasts';
import { useTicketAct } from './useTicketAct';

const kinds: TicketKind[] = ['complaint', 'request', 'question'];

/** Opens a ticket from a conversation or one message, or files it under one that is open already. */
export function TicketDialog({
  conversation,
  message,
  onClose,
}: {
  conversation: Conversation;
  message?: Message;
  onClose: () => void;
}) {
  const t = useT();
  const navigate = useNavigate();
  const act = useTicketAct();
  const first = message?.text.split('\n')[0] ?? '';
  const [title, setTitle] = useState((conversation.subject ?? first).slice(0, 120));
  const [kind, setKind] = useState<TicketKind>('complaint');
  const [description, setDescription] = useState('');
  const filed = new Set(conversation.tickets.map((ticket) => ticket.id));
  const open = (useContact(conversation.contact.id).data?.open_tickets ?? []).filter(
    (one) => !filed.has(one.id),
  );
  const done = (id: string, number: string) => {
    onClose();
    const action = {
      label: t('ticket.look'),
      run: () => void navigate({ to: '/tickets/$ticketId', params: { ticketId: id } }),
    };
    toast({ text: t('ticket.opened', { number }), icon: 'ticket', action });
  };
  const create = () =>
    act.mutate(
      () =>
        ok(
          api.POST('/tickets', {
            ...once(),
            body: {
              conversation_id: message?.conversation_id ?? conversation.id,
              message_id: message?.id,
              kind,
              title: title.trim(),
              description: description.trim() || undefined,
            },
          }),
        ),
      { onSuccess: (ticket) => done(ticket.id, ticket.number) },
    );
  const attach = (id: string) =>
    act.mutate(
      () =>
        ok(
          api.POST('/tickets/{id}/conversations', {
            params: { path: { id } },
            body: { conversation_id: conversation.id },
          }),
        ),
      {
        onSuccess: (ticket) => {
          onClose();
          toast({ text: t('ticket.attached', { number: ticket.number }), icon: 'ticket' });
        },
      },
    );
  return (
    <Dialog
      title={t('ticket.new')}
      onClose={onClose}
      onSubmit={create}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!title.trim()}>
            {t('ticket.new')}
          </Button>
        </>
      }
    >
      {open.length > 0 && (
        <div className="card offer">
          <p className="sm t2">{t('ticket.already')}</p>
          {open.map((ticket) => (
            <div key={ticket.id} className="row">
              <Link to="/tickets/$ticketId" params={{ ticketId: ticket.id }} className="cut grow">
                <span className="m num">{ticket.number}</span> {ticket.title}
              </Link>
              <Button small busy={act.isPending} onClick={() => attach(ticket.id)}>
                {t('ticket.attach_here')}
              </Button>
            </div>
          ))}
        </div>
      )}
      <SegmentedControl
        fullWidth
        value={kind}
        onChange={(value) => setKind(value as TicketKind)}
        data={kinds.map((one) => ({ value: one, label: t(`ticket.kind.${one}`) }))}
      />
      <TextInput
        label={t('ticket.title')}
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.currentTarget.value)}
        error={fieldError(act.error, 'title', t)}
        data-autofocus
      />
      <Textarea
        label={t('ticket.description')}
        description={t('optional')}
        autosize
        minRows={2}
        maxRows={8}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
