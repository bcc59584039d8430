import type { Draft, FileRef, Message } from '../api/types';

export type Kind = 'reply' | 'note';
export const kinds: Kind[] = ['reply', 'note'];

/** What belongs to an answer alone; a note has none of it. */
interface Way {
  channelId: string | null;
  subject: string;
  cc: string[];
  bcc: string[];
  buttons: string[];
}

export interface Writing extends Way {
  kind: Kind;
  /** Each tab keeps its own text and files: a note never becomes a reply by a slip. */
  texts: Record<Kind, string>;
  files: Record<Kind, FileRef[]>;
}

/** What was written on one tab, as it is sent, comes back or is kept. */
export interface Part extends Way {
  kind: Kind;
  text: string;
  files: FileRef[];
}

export const empty: Writing = {
  kind: 'reply',
  texts: { reply: '', note: '' },
  files: { reply: [], note: [] },
  channelId: null,
  subject: '',
  cc: [],
  bcc: [],
  buttons: [],
};

export function isBlank(writing: Writing, kind: Kind): boolean {
  return !writing.texts[kind].trim() && writing.files[kind].length === 0;
}

/** Which tabs differ. */
export function changed(before: Writing, after: Writing): Kind[] {
  const way = ['channelId', 'subject', 'cc', 'bcc', 'buttons'] as const;
  return kinds.filter(
    (kind) =>
      before.texts[kind] !== after.texts[kind] ||
      before.files[kind] !== after.files[kind] ||
      (kind === 'reply' && way.some((name) => before[name] !== after[name])),
  );
}

export function partOf(writing: Writing, kind: Kind): Part {
  const { channelId, subject, cc, bcc, buttons } = kind === 'reply' ? writing : empty;
  return {
    kind,
    text: writing.texts[kind],
    files: writing.files[kind],
    channelId,
    subject,
    cc,
    bcc,
    buttons,
  };
}

/** Without what is on one tab; the channel stays chosen. */
export function without(writing: Writing, kind: Kind): Writing {
  const { subject, cc, bcc, buttons } = kind === 'reply' ? empty : writing;
  return {
    ...writing,
    texts: { ...writing.texts, [kind]: '' },
    files: { ...writing.files, [kind]: [] },
    subject,
    cc,
    bcc,
    buttons,
  };
}

/** With what came back before what has been begun since, on its own tab. */
export function putBefore(writing: Writing, part: Part): Writing {
  const { kind } = part;
  const begun = writing.texts[kind];
  const both = (first: string[], then: string[]) => [...new Set([...first, ...then])];
  const known = new Set(part.files.map((file) => file.id));
  const merged: Writing = {
    ...writing,
    kind,
    texts: { ...writing.texts, [kind]: begun.trim() ? `${part.text}\n\n${begun}` : part.text },
    files: {
      ...writing.files,
      [kind]: [...part.files, ...writing.files[kind].filter((file) => !known.has(file.id))],
    },
  };
  if (kind === 'note') return merged;
  return {
    ...merged,
    channelId: writing.channelId ?? part.channelId,
    subject: writing.subject || part.subject,
    cc: both(part.cc, writing.cc),
    bcc: both(part.bcc, writing.bcc),
    buttons: both(part.buttons, writing.buttons),
  };
}

/** A message of ours as what was written of it. */
export function partOfMessage(message: Message): Part {
  return {
    kind: message.direction === 'note' ? 'note' : 'reply',
    text: message.text,
    files: message.files,
    channelId: message.channel?.id ?? null,
    subject: message.subject ?? '',
    cc: message.cc,
    bcc: message.bcc,
    buttons: message.buttons.map((button) => button.label),
  };
}

export function toDraft(writing: Writing, kind: Kind): Draft {
  const { text, files, channelId, subject, cc, bcc, buttons } = partOf(writing, kind);
  return {
    kind,
    text,
    channel_id: channelId,
    subject: subject || null,
    cc,
    bcc,
    buttons,
    files: files.map((file) => file.id),
  };
}

/** What the hub has kept, the one worked on last first; its files are described by `files`. */
export function fromDrafts(drafts: Draft[], files: Map<string, FileRef>): Writing {
  let writing = empty;
  for (const draft of [...drafts].reverse()) {
    writing = putBefore(writing, {
      kind: draft.kind === 'note' ? 'note' : 'reply',
      text: draft.text,
      files: draft.files.flatMap((id) => files.get(id) ?? []),
      channelId: draft.channel_id,
      subject: draft.subject ?? '',
      cc: draft.cc,
      bcc: draft.bcc,
      buttons: draft.buttons,
    });
  }
  return writing;
}
