import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok, once } from '../api/client';
import { keys } from '../api/keys';
import { useCategories, useChannels, useTeams } from '../api/queries';
import type { Severity, TicketKind, TicketRule } from '../api/types';
import { useT } from '../i18n';
import { TermSelect } from '../tickets/TermSelect';
import { kinds, severities } from '../tickets/TicketDialog';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { useAct } from './useAct';

/** Writes a rule. */
export function RuleDialog({ rule, onClose }: { rule?: TicketRule; onClose: () => void }) {
  const t = useT();
  const act = useAct(keys.ticketRules);
  const channels = useChannels().data ?? [];
  const categories = useCategories().data ?? [];
  const teams = useTeams().data ?? [];
  const [form, setForm] = useState({
    channel_id: rule?.channel_id ?? null,
    address: rule?.address ?? '',
    kind: rule?.kind ?? ('complaint' as TicketKind),
    category_id: rule?.category_id ?? null,
    severity: rule?.severity ?? null,
    team_id: rule?.team_id ?? null,
  });
  const set = (some: Partial<typeof form>) => setForm((before) => ({ ...before, ...some }));
  const body = { ...form, address: form.address.trim() || null };
  const save = () =>
    act.mutate(
      () =>
        rule
          ? ok(api.PATCH('/ticket-rules/{id}', { params: { path: { id: rule.id } }, body }))
          : ok(api.POST('/ticket-rules', { ...once(), body })),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t(rule ? 'edit' : 'rules.new')}
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
            disabled={!form.channel_id && !form.address.trim()}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <TextInput
        label={t('rules.address')}
        description={t('rules.address_hint')}
        value={form.address}
        onChange={(event) => set({ address: event.currentTarget.value })}
        error={fieldError(act.error, 'address', t)}
        data-autofocus
      />
      <Select
        label={t('channel')}
        placeholder={t('rules.any_channel')}
        clearable
        data={channels.map((one) => ({ value: one.id, label: one.name }))}
        value={form.channel_id}
        onChange={(channel_id) => set({ channel_id })}
        error={fieldError(act.error, 'channel_id', t)}
      />
      <SegmentedControl
        fullWidth
        aria-label={t('ticket.kind')}
        value={form.kind}
        onChange={(kind) => set({ kind: kind as TicketKind })}
        data={kinds.map((one) => ({ value: one, label: t(`ticket.kind.${one}`) }))}
      />
      <TermSelect
        label={t('ticket.category')}
        terms={categories}
        value={form.category_id}
        onChange={(category_id) => set({ category_id })}
        error={fieldError(act.error, 'category_id', t)}
      />
      <div className="pair">
        <Select
          label={t('ticket.severity')}
          placeholder={t('rules.as_category')}
          clearable
          data={severities.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          value={form.severity}
          onChange={(severity) => set({ severity: severity as Severity | null })}
        />
        <Select
          label={t('team')}
          placeholder={t('ticket.no_team')}
          clearable
          data={teams.map((one) => ({ value: one.id, label: one.name }))}
          value={form.team_id}
          onChange={(team_id) => set({ team_id })}
          error={fieldError(act.error, 'team_id', t)}
        />
      </div>
      <FormError error={act.error} />
    </Dialog>
  );
}
