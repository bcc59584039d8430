import { useParams, useSearch } from '@tanstack/react-router';
import type { ListFilter } from '../api/keys';
import type { Folder } from '../api/types';
import type { InboxSearch } from '../app/router';

/** Where in the inbox one is, from the address alone. */
export interface InboxPlace {
  folder: string;
  conversationId?: string;
  search: InboxSearch;
  filter: ListFilter;
}

const FOLDERS: readonly Folder[] = [
  'mine',
  'unassigned',
  'bot',
  'open',
  'mentions',
  'waiting',
  'snoozed',
  'solved',
  'unsure',
  'all',
];

/** A folder by the name in the address; what is none of ours is all that is open. */
const folderOf = (name: string): Folder => FOLDERS.find((folder) => folder === name) ?? 'open';

/** The list that a folder with its tab, sort and filters asks for. */
export function filterOf(folder: string, search: InboxSearch): ListFilter {
  const group = /^(team|channel|label)-(.+)$/.exec(folder);
  const filter: ListFilter = {
    folder: folderOf(group ? (search.tab ?? 'open') : folder),
    sort: search.sort ?? (folder === 'waiting' ? 'waiting' : 'newest'),
  };
  if (group?.[1] === 'team') filter.team = group[2];
  if (group?.[1] === 'channel' || search.channel)
    filter.channel = group?.[1] === 'channel' ? group[2] : search.channel;
  if (group?.[1] === 'label' || search.label) filter.label = group?.[1] === 'label' ? group[2] : search.label;
  return filter;
}

export function useInboxPlace(): InboxPlace {
  const params = useParams({ strict: false });
  const search = useSearch({ from: '/desk/inbox/$folder' });
  const folder = params.folder ?? 'mine';
  return { folder, conversationId: params.conversationId, search, filter: filterOf(folder, search) };
}
