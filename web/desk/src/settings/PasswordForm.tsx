import { PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { fieldError, FormError } from '../ui/Failed';
import { toast } from '../ui/toasts';
import { SHORTEST } from '../auth/password';

export function PasswordForm() {
  const t = useT();
  const [form, setForm] = useState({ old: '', new: '' });
  const change = useMutation({
    mutationFn: () => ok(api.PATCH('/me', { body: { password: form } })),
    onSuccess: () => {
      setForm({ old: '', new: '' });
      toast({ text: t('profile.password_changed'), icon: 'check', tone: 'ok' });
    },
  });
  const short = form.new.length > 0 && form.new.length < SHORTEST;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <PasswordInput
        label={t('profile.password_old')}
        autoComplete="current-password"
        value={form.old}
        onChange={(event) => setForm({ ...form, old: event.currentTarget.value })}
        error={fieldError(change.error, 'password.old', t) && t('profile.password_wrong')}
      />
      <PasswordInput
        label={t('profile.password_new')}
        autoComplete="new-password"
        value={form.new}
        onChange={(event) => setForm({ ...form, new: event.currentTarget.value })}
        error={short ? t('password.short', { least: SHORTEST }) : fieldError(change.error, 'password.new', t)}
      />
      <FormError error={change.error} />
      <div>
        <Button type="submit" busy={change.isPending} disabled={!form.old || form.new.length < SHORTEST}>
          {t('profile.password_change')}
        </Button>
      </div>
    </form>
  );
}
