/**
 * The shapes of the hub's API, from its OpenAPI document (`npm run api`). Every other file takes
 * them from here; where the document says `string` for a fixed set of words, the words are below.
 */
import type { Condition } from '../segments/tree';
import type { components, paths } from './schema';

type Schemas = components['schemas'];

/** The hub sends every field: what has no value is null, never missing. */
export type Sent<T> = T extends (infer Item)[]
  ? Sent<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Sent<Exclude<T[Key], undefined>> }
    : T;
type Is<T, Words> = Omit<T, keyof Words> & Words;

export type Role = Schemas['Role'];
export type Language = Schemas['Language'];
export type TicketKind = Schemas['TicketKind'];
export type Permission = Schemas['Permission'];
export type Proof = Schemas['Proof'];
export type ConversationStatus = Schemas['Status'];
export type TicketStatus = 'open' | 'solved';
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

export type Me = Is<Sent<Schemas['Me']>, { preferences: Record<string, unknown> }>;
export type OfficerRef = Sent<Schemas['OfficerRef']>;
export type ContactRef = Sent<Schemas['ContactRef']>;
export type ChannelRef = Sent<Schemas['ChannelRef']>;
export type Counts = Sent<Schemas['Counts']>;
export type Identity = Sent<Schemas['Identity']>;
export type ReplyChannel = Sent<Schemas['ReplyChannel']>;
export type ConversationRow = Is<Sent<Schemas['ConversationRow']>, { status: ConversationStatus }>;
export type Conversation = Is<
  Sent<Schemas['Conversation']>,
  { status: ConversationStatus; tickets: TicketRef[]; offers: Offer[] }
>;
export type Severity = Schemas['Severity'];
export type Joining = Schemas['Joining'];
export type EarlierTicket = Is<Sent<Schemas['EarlierTicket']>, { status: TicketStatus }>;
export type Recurrence = Is<Sent<Schemas['Recurrence']>, { earlier: EarlierTicket[] }>;
export type TicketRef = Is<
  Sent<Schemas['TicketRef']>,
  { status: TicketStatus; recurrence: Recurrence | null }
>;
export type TicketCounts = Sent<Schemas['TicketCounts']>;
export type Category = Sent<Schemas['Category']>;
export type Cause = Sent<Schemas['Node']>;
export type TicketRule = Sent<Schemas['TicketRule']>;
export type TicketChange = Schemas['TicketChange'];
export type Ticket = Is<Sent<Schemas['Ticket']>, { status: TicketStatus; recurrence: Recurrence | null }>;
export type Offer = Is<Sent<Schemas['Offer']>, { ticket: TicketRef }>;
export type Author = Sent<Schemas['Author']>;
export type FileRef = Sent<Schemas['FileRef']>;
export type Delivery = Is<Sent<Schemas['DeliveryRef']>, { state: DeliveryState }>;
export type Message = Is<
  Sent<Schemas['MessageView']>,
  { direction: 'in' | 'out' | 'note'; delivery: Delivery | null }
>;
type AnyItem = Sent<Schemas['TimelineItem']>;
export type MessageItem = Is<Extract<AnyItem, { type: 'message' }>, { message: Message }>;
export type EventItem = Is<Extract<AnyItem, { type: 'event' }>, { data: Record<string, unknown> }>;
export type MailingItem = Extract<AnyItem, { type: 'mailing' }>;
export type TimelineItem = MessageItem | EventItem | MailingItem;
export type MailingState = 'draft' | 'running' | 'paused' | 'done' | 'cancelled';
export type Mailing = Is<Sent<Schemas['Mailing']>, { state: MailingState }>;
export type MailingCounts = Sent<Schemas['MailingCounts']>;
export type MailingProgress = Is<Sent<Schemas['MailingProgress']>, { mailing: Mailing }>;
export type MailingRecipient = Sent<Schemas['MailingRecipient']>;
export type MailingReview = Sent<Schemas['MailingReview']>;
export type Template = Sent<Schemas['Template']>;
export type TemplatePreview = Sent<Schemas['TemplatePreview']>;
export type Starter = Sent<Schemas['Starter']>;
export type Evidence = Sent<Schemas['Evidence']>;
export type Suggestion = Is<
  Sent<Schemas['Suggestion']>,
  { other: Is<Sent<Schemas['OtherContact']>, { open_tickets: TicketRef[] }> }
>;
export type Contact = Is<
  Sent<Schemas['Contact']>,
  {
    open_tickets: TicketRef[];
    earlier_tickets: TicketRef[];
    open_conversations: ConversationRow[];
    suggestions: Suggestion[];
  }
>;
export type ContactRow = Sent<Schemas['ContactRow']>;
export type Canned = Sent<Schemas['Canned']>;
export type Draft = Sent<Schemas['Draft']>;
export type Session = Sent<Schemas['Session']>;
export type Officer = Sent<Schemas['Officer']>;
export type Team = Sent<Schemas['Team']>;
export type ChannelSettings = Schemas['Settings'];
export type HealthState = 'good' | 'quiet' | 'bad' | 'off';
export type Channel = Is<
  Sent<Schemas['ChannelView']>,
  { settings: ChannelSettings; health: Is<Sent<Schemas['HealthView']>, { state: HealthState }> }
>;
export type ApiToken = Sent<Schemas['ApiToken']>;
export type AuditEntry = Sent<Schemas['AuditEntry']>;
export type Webhook = Sent<Schemas['Webhook']>;
export type BotForm = Schemas['BotForm'];
export type Bot = Is<
  Sent<Schemas['Bot']>,
  {
    fallback: Record<string, string>;
    health: Is<Sent<Schemas['BotHealth']>, { state: 'good' | 'bad' | 'new' | 'off' }>;
  }
>;
export type TurnState =
  'queued' | 'calling' | 'waiting' | 'answered' | 'handed_over' | 'timed_out' | 'failed' | 'dropped';
export type BotTurn = Is<Sent<Schemas['BotTurn']>, { state: TurnState }>;
export type BotTest = Sent<Schemas['BotTest']>;
export type WebhookDelivery = Sent<Schemas['WebhookDelivery']>;
export type QuarantineEntry = Sent<Schemas['QuarantineEntry']>;
export type Segment = Omit<Sent<Omit<Schemas['Segment'], 'condition'>>, never> & { condition: Condition };
export type Explained = Sent<Schemas['Explained']>;
export type Consent = Sent<Schemas['Consent']>;
export type Suppression = Sent<Schemas['Suppression']>;
export type ImportTarget = Schemas['ImportTarget'];
export type ImportMapping = Schemas['ImportMapping'];
export type Import = Omit<Sent<Omit<Schemas['Import'], 'mapping' | 'suggested'>>, never> & {
  mapping: ImportMapping | null;
  suggested: ImportTarget[];
};
export type ImportRow = Sent<Schemas['ImportRow']>;
export type SearchResult = Sent<Schemas['Found']>;

export type ConversationChange = Schemas['Change'];
export type NewMessage = Schemas['NewMessage'];
export type DraftChange = Schemas['Draft'];
export type NewConversation = Schemas['NewConversation'];
type ListQuery = NonNullable<paths['/conversations']['get']['parameters']['query']>;
export type Folder = NonNullable<ListQuery['folder']>;
export type Sort = NonNullable<ListQuery['sort']>;

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** A refusal (RFC 9457), with what a colleague's answer adds to it. */
export type Problem = Pick<Schemas['Problem'], 'type' | 'title' | 'status' | 'code'> & {
  fields?: Record<string, string> | null;
  request_id?: string;
  by?: OfficerRef;
  at?: string;
  message_id?: string;
};

/** One entry of the event log as the live connection tells it. */
export interface LiveEvent {
  seq: number;
  kind: string;
  at: string;
  actor: Author | null;
  contact_id: string | null;
  conversation_id: string | null;
  message_id: string | null;
  ticket_id: string | null;
  data: Record<string, unknown>;
}

/** Mail that a demonstration keeps instead of sending. */
export interface FolderMail {
  name: string;
  to: string;
  subject: string;
  at: string;
}
export interface FolderMailBody {
  raw: string;
  headers: [string, string][];
  text: string;
  html_url: string | null;
}

/** An answer of the hub with the closer types above in the place of the document's. */
export type Refined<T> =
  T extends Sent<Schemas['Me']>
    ? Me
    : T extends Sent<Schemas['Conversation']>
      ? Conversation
      : T extends Sent<Schemas['ConversationRow']>
        ? ConversationRow
        : T extends Sent<Schemas['Ticket']>
          ? Ticket
          : T extends Sent<Schemas['TicketRef']>
            ? TicketRef
            : T extends Sent<Schemas['MailingProgress']>
              ? MailingProgress
              : T extends Sent<Schemas['Mailing']>
                ? Mailing
                : T extends Sent<Schemas['MessageView']>
                  ? Message
                  : T extends AnyItem
                    ? TimelineItem
                    : T extends Sent<Schemas['Contact']>
                      ? Contact
                      : T extends Sent<Schemas['ChannelView']>
                        ? Channel & Omit<T, keyof Sent<Schemas['ChannelView']>>
                        : T extends { items: (infer Item)[]; next: string | null }
                          ? Page<Refined<Item>>
                          : T;
