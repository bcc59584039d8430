import { SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Language } from '../api/types';
import { useMe, usePreferences } from '../app/session';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { FormError } from '../ui/Failed';
import { SHORTEST } from '../auth/password';
import { Group, Part } from './Part';
import { PasswordForm } from './PasswordForm';

/** Name, language, light, password. */
export function ProfilePart() {
  const t = useT();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { preferences, set } = usePreferences();
  const [name, setName] = useState(me.name);
  const change = useMutation({
    mutationFn: (body: { name?: string; language?: Language }) => ok(api.PATCH('/me', { body })),
    onSuccess: (fresh) => client.setQueryData(keys.me, fresh),
  });
  const signOut = useMutation({
    mutationFn: () => ok(api.DELETE('/session')),
    onSettled: () => {
      client.clear();
      void navigate({ to: '/sign-in' });
    },
  });
  const theme = preferences.theme === 'light' || preferences.theme === 'dark' ? preferences.theme : 'auto';
  return (
    <Part
      title={t('settings.profile')}
      text={`${me.email}, ${t(`role.${me.role}`)}`}
      act={
        <Button icon="out" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          {t('signin.out')}
        </Button>
      }
    >
      <Group title={t('name')} text={t('profile.name_hint')}>
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate({ name: name.trim() });
          }}
        >
          <TextInput
            className="grow"
            aria-label={t('name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" busy={change.isPending} disabled={!name.trim() || name.trim() === me.name}>
            {t('save')}
          </Button>
        </form>
        <FormError error={change.error} />
      </Group>
      <Group title={t('language')} text={t('profile.language_hint')}>
        <SegmentedControl
          data={[
            { value: 'id', label: 'Bahasa Indonesia' },
            { value: 'en', label: 'English' },
          ]}
          value={me.language}
          onChange={(language) => change.mutate({ language: language as Language })}
        />
      </Group>
      <Group title={t('profile.theme')}>
        <SegmentedControl
          data={(['auto', 'light', 'dark'] as const).map((one) => ({
            value: one,
            label: t(`profile.theme.${one}`),
          }))}
          value={theme}
          onChange={(value) => set({ theme: value })}
        />
      </Group>
      <Group title={t('password')} text={t('setup.password_hint', { least: SHORTEST })}>
        <PasswordForm />
      </Group>
    </Part>
  );
}
