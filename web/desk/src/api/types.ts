/** The shapes of the hub's API. Every other file takes them from here. */
export type Uuid = string;
export type Time = string;

export type Role = 'administrator' | 'supervisor' | 'officer' | 'marketer' | 'analyst';
export type Language = 'id' | 'en';
export type Kind = string;

export interface Me {
  id: Uuid;
  name: string;
  email: string;
  role: Role;
  language: Language;
  permissions: string[];
  teams: Uuid[];
  undo_seconds: number;
  demo: boolean;
  preferences: Record<string, unknown>;
}

export interface OfficerRef {
  id: Uuid;
  name: string;
}
export interface ContactRef {
  id: Uuid;
  name: string;
}
export interface ChannelRef {
  id: Uuid;
  kind: Kind;
  name: string;
}
export type ConversationStatus = 'open' | 'snoozed' | 'solved';

export interface ConversationRow {
  id: Uuid;
  number: number;
  contact: ContactRef;
  channel: ChannelRef;
  status: ConversationStatus;
  subject: string | null;
  preview: string;
  preview_kind: 'in' | 'out' | 'note';
  preview_author: string | null;
  has_files: boolean;
  assignee: OfficerRef | null;
  team: { id: Uuid; name: string } | null;
  labels: string[];
  unread: boolean;
  waiting_since: Time | null;
  last_message_at: Time;
  snoozed_until: Time | null;
  draft: string | null;
  ticket: { id: Uuid; number: string; title: string; count_open: number } | null;
  version: number;
}

export interface Counts {
  mine: number;
  unassigned: number;
  open: number;
  mentions: number;
  waiting: number;
  snoozed: number;
  teams: { id: Uuid; name: string; open: number }[];
  channels: { id: Uuid; kind: Kind; name: string; open: number }[];
  unread: number;
  officers_online: number;
}

export type Proof = 'shop_signature' | 'mail_reply' | 'deep_link' | 'channel' | 'officer';
export interface Identity {
  id: Uuid;
  kind: Kind;
  value: string;
  shown: string;
  proof: Proof | null;
  verified_at: Time | null;
  first_seen_at: Time;
  last_seen_at: Time;
}

export interface ReplyChannel {
  channel: ChannelRef;
  identity: Identity;
  reachable: boolean;
  why_not: string | null;
  max_text: number;
  max_file: number;
  letters: boolean;
  buttons: boolean;
  retract: boolean;
}

export interface TicketRef {
  id: Uuid;
  number: string;
  title: string;
  kind: TicketKind;
  status: 'open' | 'solved';
  opened_at: Time;
  solved_at: Time | null;
  outcome: string | null;
  owner: OfficerRef | null;
}
export type TicketKind = 'complaint' | 'request' | 'question';

export interface Conversation extends ConversationRow {
  contact_id: Uuid;
  created_at: Time;
  solved_at: Time | null;
  identity: Identity | null;
  reply_channels: ReplyChannel[];
  tickets: TicketRef[];
  related: { id: Uuid; number: number; why: string }[];
  last_seq: number;
}

export interface Author {
  kind: 'contact' | 'officer' | 'system';
  id: Uuid | null;
  name: string;
}
export interface FileRef {
  id: Uuid;
  name: string;
  media_type: string;
  size: number;
  url: string;
  preview_url: string | null;
  content_id: string | null;
}
export type DeliveryState =
  | 'held'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'retrying'
  | 'failed'
  | 'unknown'
  | 'cancelled';
export interface Delivery {
  state: DeliveryState;
  reason: string | null;
  next_try_at: Time | null;
  attempts: number;
  undo_until: Time | null;
  at: Time;
}
export interface Message {
  id: Uuid;
  conversation_id: Uuid;
  conversation_number: number;
  direction: 'in' | 'out' | 'note';
  author: Author;
  channel: ChannelRef | null;
  at: Time;
  subject: string | null;
  text: string;
  quoted: string | null;
  has_html: boolean;
  html_url: string | null;
  original_url: string | null;
  files: FileRef[];
  place: { latitude: number; longitude: number; title: string | null } | null;
  buttons: { label: string }[];
  to: string | null;
  also_to: string[];
  cc: string[];
  bcc: string[];
  page: string | null;
  warnings: string[];
  edited_at: Time | null;
  versions: { text: string; at: Time }[];
  retracted_at: Time | null;
  mentions: Uuid[];
  delivery: Delivery | null;
}
export type TimelineItem =
  | { type: 'message'; at: Time; message: Message }
  | {
      type: 'event';
      at: Time;
      seq: number;
      kind: string;
      actor: Author | null;
      conversation_id: Uuid | null;
      ticket: TicketRef | null;
      data: Record<string, unknown>;
    };

export interface Ticket extends TicketRef {
  contact: ContactRef;
  description: string;
  conversations: { id: Uuid; number: number; subject: string | null; channel_kind: Kind }[];
  version: number;
}

export interface Evidence {
  kind: string;
  speaks: 'for' | 'against';
  detail: string;
}
export interface Suggestion {
  id: Uuid;
  other: ContactRef & { identities: Identity[]; conversation_count: number };
  evidence: Evidence[];
  created_at: Time;
}
export interface Contact {
  id: Uuid;
  name: string;
  language: string | null;
  city: string | null;
  timezone: string | null;
  company: string | null;
  notes: string;
  tags: string[];
  fields: Record<string, { value: string; source: string; at: Time }>;
  identities: Identity[];
  open_tickets: TicketRef[];
  earlier_tickets: TicketRef[];
  open_conversations: ConversationRow[];
  conversation_count: number;
  first_seen_at: Time;
  last_seen_at: Time;
  merges: { id: Uuid; name: string; at: Time; by: Author; evidence: Evidence[] }[];
  suggestions: Suggestion[];
  version: number;
}
export interface Canned {
  id: Uuid;
  shortcut: string;
  title: string;
  text: string;
  team_id: Uuid | null;
  language: Language | null;
}
export interface Draft {
  kind: 'reply' | 'note';
  text: string;
  channel_id?: Uuid | null;
  subject?: string | null;
  cc?: string[];
  bcc?: string[];
  files?: FileRef[];
}
export interface Session {
  id: Uuid;
  created_at: Time;
  last_seen_at: Time;
  address: string | null;
  agent: string | null;
  current: boolean;
}
export interface Officer {
  id: Uuid;
  name: string;
  email: string;
  role: Role;
  language: Language;
  teams: Uuid[];
  active: boolean;
  invited: boolean;
  last_seen_at: Time | null;
}
export interface Team {
  id: Uuid;
  name: string;
  members: Uuid[];
}
export interface Channel {
  id: Uuid;
  kind: Kind;
  name: string;
  address: string | null;
  enabled: boolean;
  health: {
    state: 'good' | 'quiet' | 'bad' | 'off';
    last_message_at: Time | null;
    last_good_at: Time | null;
    error: string | null;
    error_at: Time | null;
  };
  settings: Record<string, unknown>;
}
export interface ApiToken {
  id: Uuid;
  name: string;
  scopes: string[];
  created_at: Time;
  expires_at: Time | null;
  last_used_at: Time | null;
}
export interface Permissions {
  roles: Record<string, string[]>;
  scopes: string[];
}
export interface AuditEntry {
  id: Uuid;
  at: Time;
  actor: Author;
  action: string;
  subject: string;
  address: string | null;
}
export interface Webhook {
  id: Uuid;
  url: string;
  events: string[];
  enabled: boolean;
}
export interface WebhookDelivery {
  id: Uuid;
  at: Time;
  event: string;
  status: number | null;
  error: string | null;
  attempts: number;
  next_try_at: Time | null;
}
export interface QuarantineEntry {
  id: Uuid;
  channel: ChannelRef;
  at: Time;
  reason: string;
  size: number;
  attempts: number;
  original_url: string | null;
}
export interface FolderMail {
  name: string;
  to: string;
  subject: string;
  at: Time;
}
export interface FolderMailBody {
  raw: string;
  headers: [string, string][];
  text: string;
  html_url: string | null;
}
export interface ContactListRow extends ContactRef {
  identities: Identity[];
  city: string | null;
  tags: string[];
  open_tickets: number;
  conversation_count: number;
  last_seen_at: Time;
}
export interface SearchResult {
  contacts: { contact: ContactRef; identities: string[]; hit: string }[];
  messages: {
    message_id: Uuid;
    conversation_id: Uuid;
    number: number;
    contact: ContactRef;
    at: Time;
    hit: string;
  }[];
  tickets: (TicketRef & { contact: ContactRef; hit: string })[];
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  request_id?: string;
  fields?: Record<string, string>;
  by?: OfficerRef;
  at?: Time;
  message_id?: Uuid;
}

export interface ConversationChange {
  assignee_id?: Uuid | null;
  team_id?: Uuid | null;
  status?: ConversationStatus;
  snoozed_until?: Time | null;
  labels?: string[];
  subject?: string;
}
export interface NewMessage {
  kind: 'reply' | 'note';
  text: string;
  html?: string;
  channel_id?: Uuid;
  identity_id?: Uuid;
  subject?: string;
  cc?: string[];
  bcc?: string[];
  files?: Uuid[];
  buttons?: { label: string }[];
  send_at?: Time;
  solve?: boolean;
  seen_seq: number;
  anyway?: boolean;
  mentions?: Uuid[];
}
export interface DraftChange extends Omit<Draft, 'files'> {
  files?: Uuid[];
}
export interface NewConversation {
  contact_id?: Uuid;
  to?: { kind: string; value: string; name?: string };
  channel_id: Uuid;
  subject?: string;
  text: string;
  files?: Uuid[];
}

/** One entry of the event log as the live connection tells it. */
export interface LiveEvent {
  seq: number;
  kind: string;
  at: Time;
  actor: Author | null;
  contact_id: Uuid | null;
  conversation_id: Uuid | null;
  message_id: Uuid | null;
  ticket_id: Uuid | null;
  data: Record<string, unknown>;
}
