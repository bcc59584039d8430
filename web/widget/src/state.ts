/** What the widget shows. */

import type { LinkState } from './link';
import type { Language } from './language';
import type { Looks, Message, Waiting } from './types';
import type { Upload } from './uploads';

/** The most files of one message. */
export const MAX_FILES = 5;

export type Trouble = { kind: 'too_many' } | { kind: 'too_large' | 'failed'; name: string };

export interface State {
  looks: Looks | null;
  language: Language;
  open: boolean;
  link: LinkState;
  /** The connection has been away long enough to say so. */
  lost: boolean;
  online: boolean;
  messages: Message[];
  more: boolean;
  loading: boolean;
  waiting: Waiting[];
  /** The first of them has been said to be too fast. */
  tooFast: boolean;
  uploads: Upload[];
  /** A file that cannot be sent, and why. */
  trouble: Trouble | null;
  typing: string | null;
  officersRead: number;
  /** Up to where the visitor has read. */
  read: number;
  teased: boolean;
  draft: string;
  maxText: number;
  maxFile: number;
}

export const start: State = {
  looks: null,
  language: 'id',
  open: false,
  link: 'off',
  lost: false,
  online: true,
  messages: [],
  more: false,
  loading: false,
  waiting: [],
  tooFast: false,
  uploads: [],
  trouble: null,
  typing: null,
  officersRead: 0,
  read: 0,
  teased: false,
  draft: '',
  maxText: 8000,
  maxFile: 10 * 1024 * 1024,
};

/** What belongs to the person and not to the page. */
export const nobody: Partial<State> = {
  messages: [],
  more: false,
  loading: false,
  waiting: [],
  tooFast: false,
  uploads: [],
  trouble: null,
  typing: null,
  officersRead: 0,
  read: 0,
  teased: false,
  draft: '',
};
