import { NumberInput, Radio, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok, once } from '../api/client';
import { keys } from '../api/keys';
import { useCategories } from '../api/queries';
import type { Category, Joining, Severity } from '../api/types';
import { useT } from '../i18n';
import { TermSelect } from '../tickets/TermSelect';
import { severities } from '../tickets/TicketDialog';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { useAct } from './useAct';

/** Writes a category. */
export function CategoryDialog({
  category,
  parent,
  onClose,
}: {
  category?: Category;
  parent: string | null;
  onClose: () => void;
}) {
  const t = useT();
  const act = useAct(keys.categories, keys.tickets);
  const known = useCategories().data ?? [];
  const all = known.filter((one) => one.id !== category?.id);
  // What is below begins as what is above it.
  const like = category ?? known.find((one) => one.id === parent);
  const [form, setForm] = useState({
    name: category?.name ?? '',
    parent_id: parent,
    attach: like?.attach ?? ('offer' as Joining),
    severity: like?.severity ?? ('normal' as Severity),
    due_hours: (like?.due_hours ?? '') as number | string,
    recurs_days: (like?.recurs_days ?? 60) as number | string,
    reopen_days: (like?.reopen_days ?? 14) as number | string,
  });
  const set = (some: Partial<typeof form>) => setForm((before) => ({ ...before, ...some }));
  const body = {
    ...form,
    name: form.name.trim(),
    due_hours: form.due_hours === '' ? null : Number(form.due_hours),
    recurs_days: Number(form.recurs_days),
    reopen_days: Number(form.reopen_days),
  };
  const save = () =>
    act.mutate(
      () =>
        category
          ? ok(api.PATCH('/ticket-categories/{id}', { params: { path: { id: category.id } }, body }))
          : ok(api.POST('/ticket-categories', { ...once(), body })),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={category ? category.name : t('categories.new')}
      size={520}
      onClose={onClose}
      onSubmit={save}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!form.name.trim()}>
            {t('save')}
          </Button>
        </>
      }
    >
      <div className="pair">
        <TextInput
          label={t('tree.name')}
          maxLength={80}
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={fieldError(act.error, 'name', t)}
          data-autofocus
        />
        <TermSelect
          label={t('tree.below')}
          placeholder={t('tree.top')}
          terms={all}
          value={form.parent_id}
          onChange={(parent_id) => set({ parent_id })}
          error={fieldError(act.error, 'parent_id', t)}
        />
        <Select
          label={t('categories.severity')}
          allowDeselect={false}
          data={severities.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          value={form.severity}
          onChange={(severity) => set({ severity: severity as Severity })}
        />
        <NumberInput
          label={t('categories.due_hours')}
          placeholder={t('categories.no_due')}
          min={1}
          max={8760}
          allowDecimal={false}
          value={form.due_hours}
          onChange={(due_hours) => set({ due_hours })}
          error={fieldError(act.error, 'due_hours', t)}
        />
        <NumberInput
          label={t('categories.recurs')}
          min={1}
          max={3650}
          allowDecimal={false}
          value={form.recurs_days}
          onChange={(recurs_days) => set({ recurs_days })}
          error={fieldError(act.error, 'recurs_days', t)}
        />
        <NumberInput
          label={t('categories.reopen')}
          min={0}
          max={3650}
          allowDecimal={false}
          value={form.reopen_days}
          onChange={(reopen_days) => set({ reopen_days })}
          error={fieldError(act.error, 'reopen_days', t)}
        />
      </div>
      <Radio.Group
        label={t('categories.further_label')}
        value={form.attach}
        onChange={(attach) => set({ attach: attach as Joining })}
      >
        <div className="stack tight-stack">
          {(['offer', 'attach'] as const).map((one) => (
            <Radio key={one} value={one} label={t(`joining.${one}_label`)} />
          ))}
        </div>
      </Radio.Group>
      <FormError error={act.error} />
    </Dialog>
  );
}
