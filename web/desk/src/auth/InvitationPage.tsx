import { PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { ApiError } from '../api/errors';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { errorWords, fieldError } from '../ui/Failed';
import { AuthCard } from './AuthCard';
import { SHORTEST } from './password';

/** Where an invitation's link leads: choose a password and begin. */
export function InvitationPage() {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { token: asked } = useSearch({ from: '/invitation' });
  // The fragment never reaches a server's log.
  const [token] = useState(() => asked ?? location.hash.slice(1));
  const [password, setPassword] = useState('');
  const accept = useMutation({
    mutationFn: () => ok(api.POST('/invitations/accept', { body: { token, password } })),
    onSuccess: async () => {
      client.clear();
      await navigate({ to: '/' });
    },
  });
  const code = accept.error instanceof ApiError ? accept.error.code : '';
  const stale = ['not_found', 'unauthenticated', 'conflict', 'invalid_token'].includes(code);
  return (
    <AuthCard title={t('invite.title')} lead={t('invite.lead')} onSubmit={() => accept.mutate()}>
      <PasswordInput
        label={t('password')}
        description={t('setup.password_hint', { least: SHORTEST })}
        autoComplete="new-password"
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={fieldError(accept.error, 'password', t)}
      />
      {accept.error && (
        <p className="form-error" role="alert">
          {stale ? t('invite.bad') : errorWords(accept.error, t)}
        </p>
      )}
      <Button type="submit" look="primary" busy={accept.isPending} disabled={password.length < SHORTEST}>
        {t('invite.submit')}
      </Button>
    </AuthCard>
  );
}
