import { PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, ok } from '../api/client';
import { ApiError } from '../api/errors';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { errorWords } from '../ui/Failed';
import { AuthCard } from './AuthCard';

/** Only ways inside the desk are followed after signing in. */
function inside(then: string | undefined): string {
  return then && /^\/(?![/\\])/.test(then) && !then.startsWith('/sign-in') ? then : '/';
}

export function SignInPage() {
  const t = useT();
  const client = useQueryClient();
  const router = useRouter();
  const { then, ended } = useSearch({ from: '/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const setup = useQuery({ queryKey: ['setup'], queryFn: () => ok(api.GET('/setup')) });
  const signIn = useMutation({
    mutationFn: () => ok(api.POST('/session', { body: { email: email.trim(), password } })),
    onSuccess: (me) => {
      client.setQueryData(keys.me, me);
      router.history.push(inside(then));
    },
  });
  useEffect(() => {
    document.title = `${t('signin.title')} · Sapa`;
  }, [t]);
  if (setup.data?.needed) return <Navigate to="/set-up" replace />;
  const wrong = signIn.error instanceof ApiError && signIn.error.problem.status === 401;
  return (
    <AuthCard
      title={t('signin.title')}
      lead={ended ? t('signin.ended') : t('signin.lead')}
      onSubmit={() => signIn.mutate()}
    >
      <TextInput
        label={t('email')}
        type="email"
        autoComplete="username"
        autoFocus
        required
        withAsterisk={false}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('password')}
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {signIn.error && (
        <p className="form-error" role="alert">
          {wrong ? t('signin.wrong') : errorWords(signIn.error, t)}
        </p>
      )}
      <Button type="submit" look="primary" busy={signIn.isPending} disabled={!email || !password}>
        {t('signin.submit')}
      </Button>
    </AuthCard>
  );
}
