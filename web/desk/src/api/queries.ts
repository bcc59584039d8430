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

export function useCategories() {
  return useQuery({
    queryKey: keys.categories,
    queryFn: () => ok(api.GET('/ticket-categories')).then(itemsOf),
    staleTime: SELDOM,
  });
}

export function useCauses() {
  return useQuery({
    queryKey: keys.causes,
    queryFn: () => ok(api.GET('/ticket-causes')).then(itemsOf),
    staleTime: SELDOM,
  });
}

/** The house's currency, once it is known. */
export function useCurrency(): string {
  const query = useQuery({
    queryKey: keys.ticketSettings,
    queryFn: () => ok(api.GET('/ticket-settings')),
    staleTime: Infinity,
  });
  return query.data?.currency ?? '';
}

export function useTicketCounts() {
  return useQuery({ queryKey: keys.ticketCounts, queryFn: () => ok(api.GET('/tickets/counts')) });
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
