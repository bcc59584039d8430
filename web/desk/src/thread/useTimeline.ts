import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { flatLine } from '../lib/timeline';

/** Everything of one contact; further pages lie further back. */
export function useTimeline(contact: string | undefined) {
  const query = useInfiniteQuery({
    queryKey: keys.timeline(contact ?? ''),
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/contacts/{id}/timeline', {
          params: { path: { id: contact ?? '' }, query: { cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: contact !== undefined,
  });
  const items = useMemo(() => flatLine(query.data), [query.data]);
  return { ...query, items };
}
