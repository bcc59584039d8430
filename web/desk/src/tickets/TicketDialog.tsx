import { SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok, once } from '../api/client';
import { useCategories, useContact, useOfficers, useTeams } from '../api/queries';
import type { Conversation, Message, Severity, Ticket, TicketKind, TicketRef } from '../api/types';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { localInput } from '../lib/time';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { toast } from '../ui/toasts';
import { TermSelect } from './TermSelect';
import { TimesChip } from './TicketChips';
import { useTicketAct } from './useTicketAct';

export const kinds: TicketKind[] = ['complaint', 'request', 'question'];
export const severities: Severity[] = ['low', 'normal', 'high', 'critical'];

interface Form {
  title: string;
  kind: TicketKind;
  description: string;
  category: string | null;
  /** Null until chosen: as the category says. */
  severity: Severity | null;
  due: string | null;
  owner: string | null;
  team: string | null;
}

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
  const me = useMe();
  const navigate = useNavigate();
  const act = useTicketAct();
  const categories = useCategories().data ?? [];
  const officers = (useOfficers().data ?? []).filter((one) => one.active);
  const teams = useTeams().data ?? [];
  const first = (message?.text ?? conversation.preview).split('\n')[0] ?? '';
  const [form, setForm] = useState<Form>({
    title: ((message?.subject ?? conversation.subject ?? '') || first).slice(0, 120),
    kind: 'complaint',
    description: '',
    category: null,
    severity: null,
    due: null,
    owner: me.id,
    team: conversation.team?.id ?? null,
  });
  const set = (some: Partial<Form>) => setForm((before) => ({ ...before, ...some }));
  const category = categories.find((one) => one.id === form.category);
  const [now] = useState(() => Date.now());
  const usual = category?.due_hours ? localInput(new Date(now + category.due_hours * 3_600_000)) : '';
  const filed = new Set(conversation.tickets.map((ticket) => ticket.id));
  const open = (useContact(conversation.contact.id).data?.open_tickets ?? []).filter(
    (one) => message !== undefined || !filed.has(one.id),
  );
  const done = (ticket: Ticket) => {
    onClose();
    const action = {
      label: t('ticket.look'),
      run: () => void navigate({ to: '/tickets/$ticketId', params: { ticketId: ticket.id } }),
    };
    toast({ text: t('ticket.opened', { number: ticket.number }), icon: 'ticket', action });
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
              kind: form.kind,
              title: form.title.trim(),
              description: form.description.trim() || undefined,
              category_id: form.category,
              severity: form.severity ?? undefined,
              // As the category says, unless something else was chosen.
              ...(form.due === null ? {} : { due_at: form.due ? new Date(form.due).toISOString() : null }),
              owner_id: form.owner,
              team_id: form.team,
            },
          }),
        ),
      { onSuccess: done },
    );
  const attach = (ticket: TicketRef) =>
    act.mutate(
      () => {
        const params = { path: { id: ticket.id } };
        return message
          ? ok(api.POST('/tickets/{id}/messages', { params, body: { message_id: message.id } }))
          : ok(
              api.POST('/tickets/{id}/conversations', {
                params,
                body: { conversation_id: conversation.id },
              }),
            );
      },
      {
        onSuccess: (filedUnder) => {
          onClose();
          toast({ text: t('ticket.attached', { number: filedUnder.number }), icon: 'ticket' });
        },
      },
    );
  return (
    <Dialog
      title={t('ticket.new')}
      size={560}
      onClose={onClose}
      onSubmit={create}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!form.title.trim()}>
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
              <TimesChip recurrence={ticket.recurrence} short />
              <Button small busy={act.isPending} onClick={() => attach(ticket)}>
                {t(message ? 'ticket.attach_message' : 'ticket.attach_here')}
              </Button>
            </div>
          ))}
        </div>
      )}
      <SegmentedControl
        fullWidth
        value={form.kind}
        onChange={(value) => set({ kind: value as TicketKind })}
        data={kinds.map((one) => ({ value: one, label: t(`ticket.kind.${one}`) }))}
      />
      <TextInput
        label={t('ticket.title')}
        value={form.title}
        maxLength={200}
        onChange={(event) => set({ title: event.currentTarget.value })}
        error={fieldError(act.error, 'title', t)}
        data-autofocus
      />
      <TermSelect
        label={t('ticket.category')}
        terms={categories}
        value={form.category}
        onChange={(id) => set({ category: id })}
        error={fieldError(act.error, 'category_id', t)}
      />
      <div className="pair">
        <Select
          label={t('ticket.severity')}
          allowDeselect={false}
          data={severities.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          value={form.severity ?? category?.severity ?? 'normal'}
          onChange={(value) => set({ severity: value as Severity })}
        />
        <TextInput
          type="datetime-local"
          label={t('ticket.due')}
          value={form.due ?? usual}
          onChange={(event) => set({ due: event.currentTarget.value })}
          error={fieldError(act.error, 'due_at', t)}
        />
        <Select
          label={t('officer')}
          placeholder={t('officer.none')}
          clearable
          searchable
          data={officers.map((one) => ({ value: one.id, label: one.id === me.id ? t('you') : one.name }))}
          value={form.owner}
          onChange={(owner) => set({ owner })}
          error={fieldError(act.error, 'owner_id', t)}
        />
        <Select
          label={t('team')}
          placeholder={t('ticket.no_team')}
          clearable
          data={teams.map((one) => ({ value: one.id, label: one.name }))}
          value={form.team}
          onChange={(team) => set({ team })}
          error={fieldError(act.error, 'team_id', t)}
        />
      </div>
      <Textarea
        label={t('ticket.description')}
        description={t('optional')}
        autosize
        minRows={2}
        maxRows={8}
        value={form.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
        error={fieldError(act.error, 'description', t)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
