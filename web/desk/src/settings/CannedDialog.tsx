import { Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useTeams } from '../api/queries';
import type { Canned } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { useFormAct } from './useAct';

export function CannedDialog({ canned, onClose }: { canned?: Canned; onClose: () => void }) {
  const t = useT();
  const act = useFormAct(keys.canned);
  const teams = useTeams().data ?? [];
  const [form, setForm] = useState({
    shortcut: canned?.shortcut ?? '',
    title: canned?.title ?? '',
    text: canned?.text ?? '',
    team_id: canned?.team_id ?? null,
  });
  const save = () =>
    act.mutate(
      () =>
        canned
          ? ok(api.PATCH('/canned/{id}', { params: { path: { id: canned.id } }, body: form }))
          : ok(api.POST('/canned', { body: form })),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={canned ? t('edit') : t('canned.new')}
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
            disabled={!form.shortcut || !form.text.trim()}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <TextInput
        label={t('canned.shortcut')}
        leftSection="/"
        value={form.shortcut}
        onChange={(event) =>
          setForm({
            ...form,
            shortcut: event.currentTarget.value.toLowerCase().replace(/[^\p{L}\p{N}-]+/gu, '-'),
          })
        }
        error={fieldError(act.error, 'shortcut', t)}
        data-autofocus
      />
      <TextInput
        label={t('canned.title')}
        value={form.title}
        onChange={(event) => setForm({ ...form, title: event.currentTarget.value })}
        error={fieldError(act.error, 'title', t)}
      />
      <Textarea
        label={t('canned.body')}
        description={t('canned.variables')}
        autosize
        minRows={4}
        maxRows={12}
        value={form.text}
        onChange={(event) => setForm({ ...form, text: event.currentTarget.value })}
        error={fieldError(act.error, 'text', t)}
      />
      <Select
        label={t('team')}
        placeholder={t('all')}
        clearable
        data={teams.map((team) => ({ value: team.id, label: team.name }))}
        value={form.team_id}
        onChange={(team_id) => setForm({ ...form, team_id })}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
