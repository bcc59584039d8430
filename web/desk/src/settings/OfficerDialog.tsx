import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useTeams } from '../api/queries';
import type { Language, Officer, Role } from '../api/types';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { useFormAct } from './useAct';

const roles: Role[] = ['administrator', 'supervisor', 'officer', 'marketer', 'analyst'];

export function OfficerDialog({
  officer,
  onInvited,
  onClose,
}: {
  officer?: Officer;
  onInvited: (link: string) => void;
  onClose: () => void;
}) {
  const t = useT();
  const me = useMe();
  const teams = useTeams().data ?? [];
  const act = useFormAct(keys.officers, keys.teams);
  const [form, setForm] = useState({
    name: officer?.name ?? '',
    email: officer?.email ?? '',
    role: officer?.role ?? ('officer' as Role),
    language: officer?.language ?? me.language,
    teams: officer?.teams ?? [],
  });
  const save = () =>
    act.mutate(
      async () => {
        if (!officer) {
          const { invitation_url } = await ok(api.POST('/officers', { body: form }));
          return onInvited(invitation_url);
        }
        const { name, role, teams: joined } = form;
        await ok(
          api.PATCH('/officers/{id}', {
            params: { path: { id: officer.id } },
            body: { name, role, teams: joined },
          }),
        );
      },
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t(officer ? 'edit' : 'officers.invite')}
      size={440}
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
            disabled={!form.name.trim() || !form.email}
          >
            {t(officer ? 'save' : 'officers.make_link')}
          </Button>
        </>
      }
    >
      <TextInput
        label={t('name')}
        value={form.name}
        onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        error={fieldError(act.error, 'name', t)}
        data-autofocus
      />
      {!officer && (
        <TextInput
          label={t('email')}
          type="email"
          value={form.email}
          onChange={(event) => setForm({ ...form, email: event.currentTarget.value })}
          error={fieldError(act.error, 'email', t)}
        />
      )}
      <Select
        label={t('officers.role')}
        data={roles.map((role) => ({ value: role, label: t(`role.${role}`) }))}
        value={form.role}
        disabled={officer?.id === me.id}
        onChange={(role) => setForm({ ...form, role: (role ?? 'officer') as Role })}
        allowDeselect={false}
      />
      {!officer && (
        <Select
          label={t('language')}
          data={[
            { value: 'id', label: t('language.id') },
            { value: 'en', label: t('language.en') },
          ]}
          value={form.language}
          onChange={(language) => setForm({ ...form, language: (language ?? 'id') as Language })}
          allowDeselect={false}
        />
      )}
      <MultiSelect
        label={t('folder.teams')}
        data={teams.map((team) => ({ value: team.id, label: team.name }))}
        value={form.teams}
        onChange={(joined) => setForm({ ...form, teams: joined })}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
