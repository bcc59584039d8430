import { useQuery } from '@tanstack/react-query';
import { api, ok } from './client';
import { keys } from './keys';
import type { Page } from './types';

/** What the administrators set up changes seldom. */
const SELDOM = 5 * 60_000;
const itemsOf = <T>(page: Page<T>): T[] => page.items;

export function useCounts() {
  return useQuery({ queryKey: keys.counts, queryFn: () => ok(api.GET('/inbox/counts')) });
}

export function useOfficers() {
  return useQuery({
    queryKey: keys.officers,
    queryFn: () => ok(api.GET('/officers')).then(itemsOf),
    staleTime: SELDOM,
  });
}

export function useTeams() {
  return useQuery({
    queryKey: keys.teams,
    queryFn: () => ok(api.GET('/teams')).then(itemsOf),
    staleTime: SELDOM,
  });
}

/** The channels; who watches how they fare sees it change, which is no event. */
export function useChannels(watching = false) {
  return useQuery({
    queryKey: keys.channels,
    queryFn: () => ok(api.GET('/channels')).then(itemsOf),
    staleTime: 30_000,
    refetchInterval: watching && 4000,
  });
}

export function useCanned() {
  return useQuery({
    queryKey: keys.canned,
    queryFn: () => ok(api.GET('/canned')).then(itemsOf),
    staleTime: SELDOM,
  });
}

export function useConversation(id: string, on = true) {
  return useQuery({
    enabled: on,
    queryKey: keys.conversation(id),
    queryFn: () => ok(api.GET('/conversations/{id}', { params: { path: { id } } })),
  });
}

export function useContact(id: string | undefined) {
  return useQuery({
    queryKey: keys.contact(id ?? ''),
    queryFn: () => ok(api.GET('/contacts/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== undefined,
  });
}
