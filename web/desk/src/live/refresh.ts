import type { QueryClient } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys, type ListFilter } from '../api/keys';
import type { Conversation, ConversationRow } from '../api/types';
import { mergeRow, type Rows } from '../lib/rows';
import { itemKey, type Line, mergeNewest } from '../lib/timeline';
import type { Touched } from './touched';

/** Reads once more what is just being read: it may come as it was before what is known by now. */
function again(client: QueryClient, queryKey: readonly unknown[]): void {
  const running = client.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching' });
  for (const query of running) {
    const anew = () =>
      client.invalidateQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false });
    void query.promise?.then(anew, () => undefined);
  }
}

/** Puts a conversation's row into every list that is held. */
export function mergeIntoLists(client: QueryClient, row: ConversationRow, me: string): void {
  for (const [key, data] of client.getQueriesData<Rows>({ queryKey: keys.lists })) {
    if (data) client.setQueryData(key, mergeRow(data, row, key[1] as ListFilter, me));
  }
  again(client, keys.lists);
}

export async function refreshConversation(client: QueryClient, id: string, me: string): Promise<void> {
  const row = await ok(api.GET('/conversations/{id}', { params: { path: { id } } }));
  client.setQueryData<Conversation>(keys.conversation(id), row);
  again(client, keys.conversation(id));
  mergeIntoLists(client, row, me);
}

async function refreshTimeline(client: QueryClient, contact: string, messages: Set<string>): Promise<void> {
  const key = keys.timeline(contact);
  again(client, key);
  if (!client.getQueryData<Line>(key)) return;
  const query = { limit: 50 };
  const fresh = await ok(api.GET('/contacts/{id}/timeline', { params: { path: { id: contact }, query } }));
  client.setQueryData<Line>(key, (data) => data && mergeNewest(data, fresh));
  const inFresh = new Set(fresh.items.map(itemKey));
  const held = new Set(client.getQueryData<Line>(key)?.pages.flatMap((page) => page.items.map(itemKey)));
  const further = [...messages].some((id) => held.has(`m-${id}`) && !inFresh.has(`m-${id}`));
  if (further) await client.invalidateQueries({ queryKey: key });
}

const MANY = 12;

/** Gathers what events touched and reads it anew, a moment later and each thing once. */
export class Refresher {
  private conversations = new Set<string>();
  private timelines = new Set<string>();
  private messages = new Set<string>();
  private queries = new Map<string, readonly unknown[]>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: QueryClient,
    private readonly me: string,
  ) {}

  add(touched: Touched): void {
    touched.conversations.forEach((id) => this.conversations.add(id));
    touched.timelines.forEach((id) => this.timelines.add(id));
    if (touched.message) this.messages.add(touched.message);
    touched.queries.forEach((key) => this.queries.set(JSON.stringify(key), key));
    this.timer ??= setTimeout(() => this.flush(), 120);
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private flush(): void {
    this.timer = undefined;
    const { client, me } = this;
    const later = (work: Promise<unknown>) => void work.catch(() => undefined);
    if (this.conversations.size > MANY) {
      later(client.invalidateQueries({ queryKey: keys.lists }));
      later(client.invalidateQueries({ queryKey: keys.conversations }));
    } else this.conversations.forEach((id) => later(refreshConversation(client, id, me)));
    this.timelines.forEach((id) => later(refreshTimeline(client, id, this.messages)));
    this.queries.forEach((key) => {
      // What is read for the first time is not begun anew by that.
      again(client, key);
      later(client.invalidateQueries({ queryKey: key }));
    });
    this.conversations = new Set();
    this.timelines = new Set();
    this.messages = new Set();
    this.queries = new Map();
  }
}
