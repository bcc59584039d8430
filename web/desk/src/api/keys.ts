/** Query keys, so that what is fetched and what is refreshed cannot differ. */
import type { Folder, Sort } from './types';

export interface ListFilter {
  folder: Folder;
  team?: string;
  channel?: string;
  label?: string;
  sort: Sort;
}

export const keys = {
  me: ['me'] as const,
  counts: ['counts'] as const,
  lists: ['list'] as const,
  list: (filter: ListFilter) => ['list', filter] as const,
  conversations: ['conversation'] as const,
  conversation: (id: string) => ['conversation', id] as const,
  timelines: ['timeline'] as const,
  timeline: (contact: string) => ['timeline', contact] as const,
  contacts: ['contacts'] as const,
  contact: (id: string) => ['contact', id] as const,
  draft: (conversation: string) => ['draft', conversation] as const,
  tickets: ['tickets'] as const,
  ticketCounts: ['tickets', 'counts'] as const,
  ticket: (id: string) => ['ticket', id] as const,
  ticketTimelines: ['ticket-timeline'] as const,
  ticketTimeline: (id: string) => ['ticket-timeline', id] as const,
  ticketSettings: ['ticket-settings'] as const,
  categories: ['ticket-categories'] as const,
  causes: ['ticket-causes'] as const,
  ticketRules: ['ticket-rules'] as const,
  mailings: ['mailings'] as const,
  mailing: (id: string) => ['mailing', id] as const,
  templates: ['templates'] as const,
  template: (id: string) => ['template', id] as const,
  search: (q: string, type: string) => ['search', q, type] as const,
  canned: ['canned'] as const,
  officers: ['officers'] as const,
  teams: ['teams'] as const,
  channels: ['channels'] as const,
  sessions: ['sessions'] as const,
  tokens: ['tokens'] as const,
  permissions: ['permissions'] as const,
  audit: ['audit'] as const,
  webhooks: ['webhooks'] as const,
  bots: ['bots'] as const,
  botTurns: (bot: string, state: string | null) => ['bot-turns', bot, state] as const,
  botTurn: (turn: string) => ['bot-turn', turn] as const,
  deliveries: (webhook: string) => ['deliveries', webhook] as const,
  quarantine: ['quarantine'] as const,
  segments: ['segments'] as const,
  segment: (id: string) => ['segments', id] as const,
  segmentCount: (tree: string) => ['segment-count', tree] as const,
  segmentWords: ['segment-words'] as const,
  suppressions: ['suppressions'] as const,
  imports: ['imports'] as const,
  import: (id: string) => ['imports', id] as const,
  mailFolder: ['mail-folder'] as const,
};
