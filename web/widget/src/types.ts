/** What the widget and the hub say to each other. */

export interface SentFile {
  id: string;
  name: string;
  media_type: string;
  size: number;
  /** From the root of the hub; for a file of our own that was just sent, a `blob:` address. */
  url: string;
}

export interface Message {
  seq: number;
  id: string;
  client_id: string | null;
  from: 'visitor' | 'officer' | 'bot';
  name: string | null;
  text: string;
  files: SentFile[];
  buttons: { label: string }[];
  at: string;
  edited?: boolean;
  retracted?: boolean;
}

export interface Looks {
  title: string;
  greeting: string;
  language: string;
  accent: string;
  quick_replies: string[];
  reply_time: number | null;
}

export interface Session {
  visitor: string;
  site: Looks;
  identified: boolean;
  token_refused?: string;
  max_text: number;
  max_file: number;
}

export type NackCode = 'too_long' | 'invalid' | 'conflict' | 'rate' | 'unavailable' | 'full';

export type ServerFrame =
  | { t: 'ready'; seq: number; identified: boolean; online: boolean }
  | { t: 'ack'; id: string; seq: number; at: string }
  | { t: 'nack'; id: string; code: NackCode; detail: string }
  | ({ t: 'message' } & Message)
  | { t: 'retract'; seq: number; id: string }
  | { t: 'edit'; seq: number; id: string; text: string; at: string }
  | { t: 'typing'; on: boolean; name: string }
  | { t: 'state'; delivered: number; read: number }
  | { t: 'online'; on: boolean }
  | { t: 'history'; messages: Message[]; more: boolean; reset?: boolean }
  | { t: 'pong' }
  | { t: 'error'; code: string; detail: string };

export type ClientFrame =
  | { t: 'hello'; visitor: string; token: string | null; since: number | null; language: string }
  | { t: 'say'; id: string; text: string; files: string[]; page: string }
  | { t: 'typing'; on: boolean }
  | { t: 'seen'; seq: number }
  | { t: 'read'; seq: number }
  | { t: 'ping' }
  | { t: 'history'; before: number };

/** Something said that is not yet stored by the hub. */
export interface Waiting {
  id: string;
  /** The frame, kept to the letter: the hub knows a repetition by it. */
  frame: string;
  text: string;
  files: SentFile[];
  at: string;
  failed?: NackCode;
}
