import { PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { fieldError, FormError } from '../ui/Failed';
import { AuthCard } from './AuthCard';
import { SHORTEST } from './password';

/** The first administrator; the hub answers only while there is nobody. */
export function SetUpPage() {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState({ name: '', email: '', password: '' });
  const create = useMutation({
    mutationFn: () => ok(api.POST('/setup', { body: form })),
    onSuccess: async () => {
      client.clear();
      await client.invalidateQueries({ queryKey: keys.me });
      await navigate({ to: '/' });
    },
  });
  useEffect(() => {
    document.title = `${t('setup.title')} · Sapa`;
  }, [t]);
  const set = (field: keyof typeof form) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [field]: event.currentTarget.value });
  const short = form.password.length > 0 && form.password.length < SHORTEST;
  return (
    <AuthCard title={t('setup.title')} lead={t('setup.lead')} onSubmit={() => create.mutate()}>
      <TextInput
        label={t('setup.name')}
        autoComplete="name"
        autoFocus
        value={form.name}
        onChange={set('name')}
        error={fieldError(create.error, 'name', t)}
      />
      <TextInput
        label={t('email')}
        type="email"
        autoComplete="username"
        value={form.email}
        onChange={set('email')}
        error={fieldError(create.error, 'email', t)}
      />
      <PasswordInput
        label={t('password')}
        description={t('setup.password_hint', { least: SHORTEST })}
        autoComplete="new-password"
        value={form.password}
        onChange={set('password')}
        error={fieldError(create.error, 'password', t)}
      />
      <FormError error={create.error} />
      <Button
        type="submit"
        look="primary"
        busy={create.isPending}
        disabled={!form.name || !form.email || !form.password || short}
      >
        {t('setup.submit')}
      </Button>
    </AuthCard>
  );
}
