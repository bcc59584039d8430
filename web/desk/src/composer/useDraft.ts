import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Conversation, Draft, FileRef } from '../api/types';
import { useMe } from '../app/session';
import { mergeIntoLists } from '../live/refresh';
import { describeFile } from './knownFiles';

export type Kind = 'reply' | 'note';
export interface Writing {
  kind: Kind;
  /** Each tab keeps its own text: a note never becomes a reply by a slip. */
  texts: Record<Kind, string>;
  channelId: string | null;
  subject: string;
  cc: string[];
  bcc: string[];
  files: FileRef[];
  buttons: string[];
}
export type SaveState = 'idle' | 'waiting' | 'saved' | 'failed';

const empty: Writing = {
  kind: 'reply',
  texts: { reply: '', note: '' },
  channelId: null,
  subject: '',
  cc: [],
  bcc: [],
  files: [],
  buttons: [],
};
const REST = 700;

function fromDraft(draft: Draft): Writing {
  return {
    ...empty,
    kind: draft.kind === 'note' ? 'note' : 'reply',
    texts: { ...empty.texts, [draft.kind === 'note' ? 'note' : 'reply']: draft.text },
    channelId: draft.channel_id,
    subject: draft.subject ?? '',
    cc: draft.cc,
    bcc: draft.bcc,
  };
}

function blank(writing: Writing): boolean {
  return !writing.texts[writing.kind].trim() && writing.files.length === 0;
}

function toDraft(writing: Writing): Draft {
  return {
    kind: writing.kind,
    text: writing.texts[writing.kind],
    channel_id: writing.channelId,
    subject: writing.subject || null,
    cc: writing.cc,
    bcc: writing.bcc,
    files: writing.files.map((file) => file.id),
  };
}

/** What is being written, kept on the hub as one goes. */
export function useDraft(conversation: Conversation) {
  const { id } = conversation;
  const client = useQueryClient();
  const { id: me } = useMe();
  const [writing, setWriting] = useState<Writing>(empty);
  const [state, setState] = useState<SaveState>('idle');
  const held = useRef({ writing, dirty: false, row: conversation });
  held.current.row = conversation;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const kept = useQuery({
    queryKey: keys.draft(id),
    queryFn: () =>
      ok(api.GET('/conversations/{id}/draft', { params: { path: { id } } })).then((d) => d ?? null),
    staleTime: 30_000,
  });

  useEffect(() => {
    const free = !held.current.dirty && blank(held.current.writing);
    if (!kept.data || !free || !kept.data.text) return;
    held.current.writing = fromDraft(kept.data);
    setWriting(held.current.writing);
    setState('saved');
    void Promise.all(kept.data.files.map(describeFile)).then((files) => {
      held.current.writing = { ...held.current.writing, files };
      setWriting(held.current.writing);
    });
  }, [kept.data, kept.dataUpdatedAt]);

  const save = useCallback(async () => {
    clearTimeout(timer.current);
    if (!held.current.dirty) return;
    held.current.dirty = false;
    const now = held.current.writing;
    const none = blank(now);
    const path = { params: { path: { id } }, keepalive: true };
    try {
      if (none) await ok(api.DELETE('/conversations/{id}/draft', path));
      else await ok(api.PUT('/conversations/{id}/draft', { ...path, body: toDraft(now) }));
      const text = now.texts[now.kind];
      client.setQueryData<Draft | null>(keys.draft(id), none ? null : toDraft(now));
      mergeIntoLists(client, { ...held.current.row, draft: none ? null : text.slice(0, 80) }, me);
      setState(held.current.dirty ? 'waiting' : none ? 'idle' : 'saved');
    } catch {
      held.current.dirty = true;
      setState('failed');
      timer.current = setTimeout(() => void save(), 5000);
    }
  }, [client, id, me]);

  const set = useCallback(
    (change: (before: Writing) => Writing) => {
      held.current.writing = change(held.current.writing);
      held.current.dirty = true;
      setWriting(held.current.writing);
      setState('waiting');
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), REST);
    },
    [save],
  );

  /** After sending: nothing is left to keep. */
  const clear = useCallback(() => {
    clearTimeout(timer.current);
    held.current.dirty = false;
    held.current.writing = { ...empty, channelId: held.current.writing.channelId };
    setWriting(held.current.writing);
    setState('idle');
    client.setQueryData(keys.draft(id), null);
    mergeIntoLists(client, { ...held.current.row, draft: null }, me);
  }, [client, id, me]);

  useEffect(() => {
    const leave = () => void save();
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [save]);

  return { writing, set, clear, state };
}
