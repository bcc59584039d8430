import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Conversation, Draft } from '../api/types';
import { useMe } from '../app/session';
import { mergeIntoLists } from '../live/refresh';
import { describeFile } from './knownFiles';
import { takesBack } from './returned';
import {
  changed,
  empty,
  fromDrafts,
  isBlank,
  kinds,
  partOf,
  putBefore,
  toDraft,
  without,
  type Kind,
  type Part,
  type Writing,
} from './writing';

export type SaveState = 'idle' | 'waiting' | 'saved' | 'failed';

const REST = 700;

async function readDrafts(id: string): Promise<Draft[]> {
  const one = (kind?: Kind) =>
    ok(api.GET('/conversations/{id}/draft', { params: { path: { id }, query: { kind } } }));
  const newest = await one();
  if (!newest) return [];
  const other = await one(newest.kind === 'note' ? 'reply' : 'note');
  return other ? [newest, other] : [newest];
}

function keep(id: string, writing: Writing, kind: Kind) {
  const path = { path: { id } };
  return isBlank(writing, kind)
    ? ok(api.DELETE('/conversations/{id}/draft', { params: { ...path, query: { kind } }, keepalive: true }))
    : ok(
        api.PUT('/conversations/{id}/draft', {
          params: path,
          body: toDraft(writing, kind),
          keepalive: true,
        }),
      );
}

/** What is being written, kept on the hub as one goes. */
export function useDraft(conversation: Conversation) {
  const { id } = conversation;
  const client = useQueryClient();
  const { id: me } = useMe();
  const [writing, setWriting] = useState<Writing>(empty);
  const [state, setState] = useState<SaveState>('idle');
  const held = useRef({
    writing,
    dirty: new Set<Kind>(),
    /** How much of it is on its way as a message. */
    sending: 0,
    saving: null as Promise<void> | null,
    row: conversation,
  });
  held.current.row = conversation;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const kept = useQuery({
    queryKey: keys.draft(id),
    queryFn: () => readDrafts(id),
    staleTime: 30_000,
  });

  const show = useCallback((next: Writing) => {
    held.current.writing = next;
    setWriting(next);
  }, []);
  const free = useCallback(() => {
    const { dirty, sending, writing: now } = held.current;
    return dirty.size === 0 && sending === 0 && kinds.every((kind) => isBlank(now, kind));
  }, []);

  useEffect(() => {
    const drafts = kept.data ?? [];
    if (drafts.length === 0 || !free()) return;
    const bare = fromDrafts(drafts, new Map());
    show(bare);
    setState('saved');
    void Promise.all(drafts.flatMap((draft) => draft.files).map(describeFile)).then((files) => {
      // Who has gone on writing meanwhile has the files in any case.
      const known = new Map(files.map((file) => [file.id, file]));
      const { files: described } = fromDrafts(drafts, known);
      if (files.length > 0) show({ ...held.current.writing, files: described });
    });
  }, [kept.data, kept.dataUpdatedAt, free, show]);

  /** Notes for the rest of the desk what is begun here. */
  const tell = useCallback(() => {
    const { writing: now, row } = held.current;
    const begun = kinds.filter((kind) => !isBlank(now, kind));
    client.setQueryData<Draft[]>(
      keys.draft(id),
      begun.map((kind) => toDraft(now, kind)),
    );
    const first = begun[0];
    mergeIntoLists(client, { ...row, draft: first ? now.texts[first].slice(0, 80) : null }, me);
  }, [client, id, me]);

  const save = useCallback(
    (leaving = false): void => {
      clearTimeout(timer.current);
      const { current } = held;
      if (current.dirty.size === 0) return;
      // What is on its way decides first what is left, and one save comes after the other.
      if (!leaving && (current.sending > 0 || current.saving)) return;
      const [now, some] = [current.writing, [...current.dirty]];
      current.dirty.clear();
      const saving = Promise.all(some.map((kind) => keep(id, now, kind))).then(
        () => {
          current.saving = null;
          tell();
          const nothing = kinds.every((kind) => isBlank(current.writing, kind));
          setState(current.dirty.size > 0 ? 'waiting' : nothing ? 'idle' : 'saved');
          save();
        },
        () => {
          current.saving = null;
          some.forEach((kind) => current.dirty.add(kind));
          setState('failed');
          timer.current = setTimeout(() => save(), 5000);
        },
      );
      current.saving = saving;
    },
    [id, tell],
  );

  const set = useCallback(
    (change: (before: Writing) => Writing) => {
      const { current } = held;
      const next = change(current.writing);
      const some = changed(current.writing, next);
      show(next);
      if (some.length === 0) return;
      some.forEach((kind) => current.dirty.add(kind));
      setState('waiting');
      clearTimeout(timer.current);
      timer.current = setTimeout(() => save(), REST);
    },
    [save, show],
  );

  /** Takes out what is being sent, and nothing else: one may go on writing. */
  const take = useCallback(
    (kind: Kind): Part => {
      const { current } = held;
      const part = partOf(current.writing, kind);
      current.sending += 1;
      current.dirty.delete(kind);
      void client.cancelQueries({ queryKey: keys.draft(id) });
      show(without(current.writing, kind));
      setState('idle');
      tell();
      return part;
    },
    [client, id, show, tell],
  );

  const putBack = useCallback((part: Part) => set((before) => putBefore(before, part)), [set]);

  /** What was taken out has been sent, or comes back. */
  const settle = useCallback(
    (part: Part, sent: boolean) => {
      const { current } = held;
      current.sending -= 1;
      if (!sent) putBack(part);
      // The hub has forgotten this draft, with what was written since.
      else if (!isBlank(current.writing, part.kind)) current.dirty.add(part.kind);
      save();
    },
    [putBack, save],
  );

  /** Waits for the save that is on its way: one that came after the message would bring the draft back. */
  const rest = useCallback(() => held.current.saving ?? Promise.resolve(), []);

  useEffect(() => takesBack(id, putBack), [id, putBack]);
  useEffect(() => {
    const leave = () => save(true);
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [save]);

  return { writing, set, take, settle, rest, state };
}
