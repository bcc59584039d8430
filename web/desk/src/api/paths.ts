/** The hub's routes in the form openapi-fetch reads: what each asks for and what it answers. */
import type * as T from './types';

interface Json<R> {
  content: { 'application/json': R };
}
interface Fail {
  content: { 'application/problem+json': T.Problem };
}
interface Asks<Q> {
  query?: Q;
  header?: Record<string, string>;
}
type Asked<Q, K extends string> = [K] extends [never] ? Asks<Q> : Asks<Q> & { path: Record<K, string> };
interface Get<R, K extends string = never, Q = object> {
  parameters: Asked<Q, K>;
  requestBody?: never;
  responses: { 200: Json<R>; default: Fail };
}
interface Send<R, B, K extends string = never> {
  parameters: Asked<object, K>;
  requestBody: Json<B>;
  responses: { 200: Json<R>; default: Fail };
}
type Act<R, K extends string = never> = Get<R, K>;
type Nothing = undefined;

interface Cursor {
  cursor?: string;
  limit?: number;
}
export interface ListQuery extends Cursor {
  folder?: string;
  team?: string;
  channel?: string;
  label?: string;
  sort?: string;
}

interface ContactChange {
  name?: string;
  language?: string | null;
  city?: string | null;
  timezone?: string | null;
  company?: string | null;
  notes?: string;
  tags?: string[];
}
interface NewTicket {
  conversation_id: string;
  message_id?: string;
  kind: T.TicketKind;
  title: string;
  description?: string;
}
interface TicketChange {
  title?: string;
  kind?: T.TicketKind;
  owner_id?: string | null;
  description?: string;
}
interface OfficerInput {
  name?: string;
  email?: string;
  role?: T.Role;
  language?: T.Language;
  teams?: string[];
  active?: boolean;
}
interface ChannelInput {
  kind?: string;
  name?: string;
  enabled?: boolean;
  settings?: Record<string, unknown>;
  secret?: string;
}
interface CannedInput {
  shortcut?: string;
  title?: string;
  text?: string;
  team_id?: string | null;
  language?: T.Language | null;
}
interface Invited {
  officer: T.Officer;
  invitation_url: string;
}
interface WebhookInput {
  url?: string;
  events?: string[];
  enabled?: boolean;
}

export interface paths {
  '/api/v1/session': {
    post: Send<T.Me, { email: string; password: string }>;
    delete: Act<Nothing>;
  };
  '/api/v1/me': {
    get: Get<T.Me>;
    patch: Send<
      T.Me,
      {
        language?: T.Language;
        preferences?: Record<string, unknown>;
        name?: string;
        password?: { old: string; new: string };
      }
    >;
  };
  '/api/v1/me/sessions': { get: Get<T.Session[]> };
  '/api/v1/me/sessions/{id}': { delete: Act<Nothing, 'id'> };
  '/api/v1/setup': {
    get: Get<{ needed: boolean }>;
    post: Send<T.Me, { name: string; email: string; password: string }>;
  };
  '/api/v1/inbox/counts': { get: Get<T.Counts> };
  '/api/v1/conversations': {
    get: Get<T.Page<T.ConversationRow>, never, ListQuery>;
    post: Send<T.Conversation, T.NewConversation>;
  };
  '/api/v1/conversations/bulk': {
    post: Send<
      { changed: number; failed: { id: string; code: string }[] },
      { ids: string[]; change: T.ConversationChange }
    >;
  };
  '/api/v1/conversations/{id}': {
    get: Get<T.Conversation, 'id'>;
    patch: Send<T.Conversation, T.ConversationChange, 'id'>;
  };
  '/api/v1/conversations/{id}/messages': { post: Send<T.Message, T.NewMessage, 'id'> };
  '/api/v1/conversations/{id}/draft': {
    get: Get<T.Draft | null, 'id'>;
    put: Send<Nothing, T.DraftChange, 'id'>;
    delete: Act<Nothing, 'id'>;
  };
  '/api/v1/conversations/{id}/read': { post: Send<Nothing, { seq: number }, 'id'> };
  '/api/v1/conversations/{id}/unread': { post: Act<Nothing, 'id'> };
  '/api/v1/messages/{id}': { delete: Act<T.Message, 'id'> };
  '/api/v1/messages/{id}/retry': { post: Send<T.Message, { channel_id?: string }, 'id'> };
  '/api/v1/canned': { get: Get<T.Page<T.Canned>>; post: Send<T.Canned, CannedInput> };
  '/api/v1/canned/{id}': { patch: Send<T.Canned, CannedInput, 'id'>; delete: Act<Nothing, 'id'> };
  '/api/v1/contacts': {
    get: Get<T.Page<T.ContactListRow>, never, Cursor & { q?: string }>;
    post: Send<T.Contact, { name: string; identities: { kind: string; value: string }[] }>;
  };
  '/api/v1/contacts/{id}': { get: Get<T.Contact, 'id'>; patch: Send<T.Contact, ContactChange, 'id'> };
  '/api/v1/contacts/{id}/timeline': {
    get: Get<T.Page<T.TimelineItem>, 'id', Cursor & { conversation?: string }>;
  };
  '/api/v1/contacts/{id}/identities': { post: Send<T.Contact, { kind: string; value: string }, 'id'> };
  '/api/v1/contacts/{id}/identities/{identity_id}': { delete: Act<T.Contact, 'id' | 'identity_id'> };
  '/api/v1/contacts/{id}/identities/{identity_id}/verify': { post: Act<T.Contact, 'id' | 'identity_id'> };
  '/api/v1/contacts/{id}/merge': { post: Send<T.Contact, { other_id: string; reason: string }, 'id'> };
  '/api/v1/contacts/{id}/links': { post: Send<{ url: string }, { channel_id: string }, 'id'> };
  '/api/v1/suggestions/{id}/merge': { post: Act<T.Contact, 'id'> };
  '/api/v1/suggestions/{id}/refuse': { post: Act<Nothing, 'id'> };
  '/api/v1/merges/{id}/undo': { post: Act<T.Contact, 'id'> };
  '/api/v1/tickets': {
    get: Get<
      T.Page<T.Ticket>,
      never,
      Cursor & { status?: string; owner?: string; kind?: string; q?: string }
    >;
    post: Send<T.Ticket, NewTicket>;
  };
  '/api/v1/tickets/{id}': { get: Get<T.Ticket, 'id'>; patch: Send<T.Ticket, TicketChange, 'id'> };
  '/api/v1/tickets/{id}/conversations': { post: Send<T.Ticket, { conversation_id: string }, 'id'> };
  '/api/v1/tickets/{id}/conversations/{conversation_id}': {
    delete: Act<T.Ticket, 'id' | 'conversation_id'>;
  };
  '/api/v1/tickets/{id}/solve': { post: Send<T.Ticket, { outcome: string }, 'id'> };
  '/api/v1/tickets/{id}/reopen': { post: Act<T.Ticket, 'id'> };
  '/api/v1/search': { get: Get<T.SearchResult, never, { q?: string; type?: string; limit?: number }> };
  '/api/v1/officers': { get: Get<T.Page<T.Officer>>; post: Send<Invited, OfficerInput> };
  '/api/v1/officers/{id}': { patch: Send<T.Officer, OfficerInput, 'id'> };
  '/api/v1/officers/{id}/invitation': { post: Act<{ invitation_url: string }, 'id'> };
  '/api/v1/officers/{id}/sessions': { delete: Act<Nothing, 'id'> };
  '/api/v1/invitations/accept': { post: Send<T.Me, { token: string; password: string; name?: string }> };
  '/api/v1/teams': {
    get: Get<T.Page<T.Team>>;
    post: Send<T.Team, { name: string; members: string[] }>;
  };
  '/api/v1/teams/{id}': {
    patch: Send<T.Team, { name?: string; members?: string[] }, 'id'>;
    delete: Act<Nothing, 'id'>;
  };
  '/api/v1/channels': {
    get: Get<T.Page<T.Channel>>;
    post: Send<T.Channel & { secret?: string }, ChannelInput>;
  };
  '/api/v1/channels/{id}': { patch: Send<T.Channel, ChannelInput, 'id'>; delete: Act<Nothing, 'id'> };
  '/api/v1/channels/{id}/check': { post: Act<{ ok: boolean; detail: string }, 'id'> };
  '/api/v1/tokens': {
    get: Get<T.Page<T.ApiToken>>;
    post: Send<T.ApiToken & { token: string }, { name: string; scopes: string[]; expires_at?: string }>;
  };
  '/api/v1/tokens/{id}': { delete: Act<Nothing, 'id'> };
  '/api/v1/permissions': { get: Get<T.Permissions> };
  '/api/v1/audit': { get: Get<T.Page<T.AuditEntry>, never, Cursor> };
  '/api/v1/webhooks': {
    get: Get<T.Page<T.Webhook>>;
    post: Send<T.Webhook & { secret?: string }, WebhookInput>;
  };
  '/api/v1/webhooks/{id}': { patch: Send<T.Webhook, WebhookInput, 'id'>; delete: Act<Nothing, 'id'> };
  '/api/v1/webhooks/{id}/deliveries': { get: Get<T.Page<T.WebhookDelivery>, 'id'> };
  '/api/v1/webhooks/{id}/test': { post: Act<Nothing, 'id'> };
  '/api/v1/quarantine': { get: Get<T.Page<T.QuarantineEntry>> };
  '/api/v1/quarantine/{id}': { delete: Act<Nothing, 'id'> };
  '/api/v1/quarantine/{id}/retry': { post: Act<Nothing, 'id'> };
  '/api/v1/mail-folder': { get: Get<T.Page<T.FolderMail>> };
  '/api/v1/mail-folder/{name}': { get: Get<T.FolderMailBody, 'name'> };
}
