import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, ok } from '../api/client';
import { keys, type ListFilter } from '../api/keys';
import { flatRows } from '../lib/rows';

const PAGE = 50;

/** A folder's rows, more of them as one scrolls; kept fresh by the live connection. */
export function useInboxList(filter: ListFilter) {
  const query = useInfiniteQuery({
    queryKey: keys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/conversations', {
          params: { query: { ...filter, cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 5 * 60_000,
  });
  const rows = useMemo(() => flatRows(query.data), [query.data]);
  return { ...query, rows };
}
