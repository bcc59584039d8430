import { useQuery } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useDebounced } from '../lib/useDebounced';
import { asSent, pruned, type Condition } from './tree';

/** How many customers meet a tree, counted when it has rested for a moment. */
export function useCount(tree: Condition) {
  const text = JSON.stringify(pruned(tree).condition);
  const rested = useDebounced(text, 350);
  const query = useQuery({
    queryKey: keys.segmentCount(rested),
    queryFn: ({ signal }) =>
      ok(
        api.POST('/segments/count', { body: { condition: asSent(JSON.parse(rested) as Condition) }, signal }),
      ),
    placeholderData: (before) => before,
    staleTime: 10_000,
    retry: false,
  });
  const current = rested === text && !query.isPlaceholderData;
  // Numbers of another tree would stand at the wrong places.
  return { counted: current ? query.data : undefined, former: query.data, error: query.error, current };
}
