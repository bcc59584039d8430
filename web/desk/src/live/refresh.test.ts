import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keys } from '../api/keys';
import { sampleRow } from '../testing/samples';
import { mergeIntoLists, Refresher } from './refresh';

const filter = { folder: 'unassigned', sort: 'newest' } as const;
const nothing = { conversations: [], timelines: [], message: null };

/** A query on a screen, whose answers come when they are given. */
function shown(client: QueryClient, queryKey: readonly unknown[]) {
  const asked: ((answer: unknown) => void)[] = [];
  const queryFn = () => new Promise<unknown>((give) => asked.push(give));
  const leave = new QueryObserver(client, { queryKey, queryFn }).subscribe(() => undefined);
  return { asked, leave };
}

describe('reading anew', () => {
  afterEach(() => vi.useRealTimers());

  it('reads_a_list_once_more_that_was_being_read_when_something_came', async () => {
    const client = new QueryClient();
    const { asked, leave } = shown(client, keys.list(filter));
    mergeIntoLists(client, sampleRow(), 'me');
    mergeIntoLists(client, sampleRow(), 'me');
    expect(asked).toHaveLength(1);
    asked[0]?.({ pages: [{ items: [], next: null }], pageParams: [] });
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    asked[1]?.({ pages: [{ items: [sampleRow()], next: null }], pageParams: [] });
    await vi.waitFor(() => expect(client.isFetching()).toBe(0));
    expect(asked).toHaveLength(2);
    leave();
  });

  it('leaves_a_list_alone_that_is_not_being_read', async () => {
    const client = new QueryClient();
    const { asked, leave } = shown(client, keys.list(filter));
    asked[0]?.({ pages: [{ items: [], next: null }], pageParams: [] });
    await vi.waitFor(() => expect(client.isFetching()).toBe(0));
    mergeIntoLists(client, sampleRow(), 'me');
    expect(client.isFetching()).toBe(0);
    leave();
  });

  it('reads_the_counts_once_more_whose_first_reading_something_came_into', async () => {
    vi.useFakeTimers();
    const client = new QueryClient();
    const { asked, leave } = shown(client, keys.counts);
    const refresher = new Refresher(client, 'me');
    refresher.add({ ...nothing, queries: [keys.counts] });
    await vi.advanceTimersByTimeAsync(200);
    asked[0]?.({});
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toHaveLength(2);
    refresher.end();
    leave();
  });
});
