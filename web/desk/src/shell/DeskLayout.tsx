import { useMantineColorScheme } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo } from 'react';
import { api, ok, whenSignedOut } from '../api/client';
import { ApiError } from '../api/errors';
import { keys } from '../api/keys';
import { MeProvider } from '../app/session';
import { LanguageProvider } from '../i18n';
import { keepLanguage } from '../i18n/first';
import { ActionsProvider } from '../keys/ActionsProvider';
import { keyChoice } from '../keys/actions';
import { LiveProvider } from '../live/LiveProvider';
import { KeysSheet } from '../keys/KeysSheet';
import { Palette } from '../palette/Palette';
import { Failed } from '../ui/Failed';
import { ToastSpot } from '../ui/ToastSpot';
import { GoActions } from './GoActions';
import { Notices } from './Notices';
import { Rail } from './Rail';
import { SkipLink } from './SkipLink';

/** Everything behind the sign-in: who is here, in which language and light, live. */
export function DeskLayout() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = useLocation({ select: (location) => location.href });
  const me = useQuery({ queryKey: keys.me, queryFn: () => ok(api.GET('/me')), staleTime: Infinity });
  const signedOut = useCallback(() => {
    const gone = client.getQueryData(keys.me) !== undefined;
    client.clear();
    void navigate({
      to: '/sign-in',
      search: { then: location.pathname + location.search, ended: gone || undefined },
    });
  }, [client, navigate]);
  useEffect(() => whenSignedOut(signedOut), [signedOut]);
  useScheme(me.data?.preferences.theme);
  const preferences = me.data?.preferences;
  const choice = useMemo(() => keyChoice(preferences ?? {}), [preferences]);
  useEffect(() => {
    if (!me.data) return;
    document.documentElement.lang = me.data.language;
    keepLanguage(me.data.language);
  }, [me.data]);

  if (me.error instanceof ApiError && me.error.problem.status === 401) {
    return <Navigate to="/sign-in" search={{ then: path }} replace />;
  }
  if (me.error) return <Failed error={me.error} retry={() => void me.refetch()} />;
  if (!me.data) return null;
  return (
    <MeProvider me={me.data}>
      <LanguageProvider language={me.data.language}>
        <LiveProvider me={me.data.id} since={me.data.seq} onSignedOut={signedOut}>
          <ActionsProvider choice={choice}>
            <div className="app">
              <SkipLink />
              <Rail />
              <Outlet />
            </div>
            <GoActions />
            <Notices />
            <Palette />
            <KeysSheet />
            <ToastSpot />
          </ActionsProvider>
        </LiveProvider>
      </LanguageProvider>
    </MeProvider>
  );
}

function useScheme(wanted: unknown): void {
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (wanted === 'light' || wanted === 'dark' || wanted === 'auto') setColorScheme(wanted);
  }, [wanted, setColorScheme]);
}
