import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, type ReactNode } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Me } from '../api/types';

const Context = createContext<Me | null>(null);

export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <Context.Provider value={me}>{children}</Context.Provider>;
}

/** Who is signed in. */
export function useMe(): Me {
  const me = useContext(Context);
  if (!me) throw new Error('useMe outside of the desk');
  return me;
}

/** Changes the officer's own choices; shown at once, set back when the hub refuses. */
export function usePreferences() {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (preferences: Record<string, unknown>) =>
      ok(api.PATCH('/me', { body: { preferences: preferences as Record<string, never> } })),
    onMutate: (preferences) => {
      const before = client.getQueryData<Me>(keys.me);
      if (before) client.setQueryData<Me>(keys.me, { ...before, preferences });
      return before;
    },
    onError: (_error, _preferences, before) => client.setQueryData(keys.me, before),
    onSuccess: (me) => client.setQueryData(keys.me, me),
  });
  const { preferences } = useMe();
  return {
    preferences,
    set: (some: Record<string, unknown>) => change.mutate({ ...preferences, ...some }),
  };
}
