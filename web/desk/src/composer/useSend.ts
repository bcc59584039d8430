import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok, once } from '../api/client';
import { ApiError } from '../api/errors';
import { keys } from '../api/keys';
import type { Conversation, FileRef, Message, NewMessage, Problem } from '../api/types';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { dropItem, putItem, settleItem, type Line } from '../lib/timeline';
import { refreshConversation } from '../live/refresh';
import { errorWords } from '../ui/Failed';
import { toast } from '../ui/toasts';
import { giveBack } from './returned';
import type { useDraft } from './useDraft';

/** The message as it will look, shown until the hub has taken it. */
function foresee(
  body: NewMessage,
  conversation: Conversation,
  me: { id: string; name: string },
  files: FileRef[],
): Message {
  const at = new Date().toISOString();
  const note = body.kind === 'note';
  const channel = conversation.reply_channels.find((one) => one.channel.id === body.channel_id)?.channel;
  return {
    id: `new-${crypto.randomUUID()}`,
    conversation_id: conversation.id,
    conversation_number: conversation.number,
    direction: note ? 'note' : 'out',
    author: { kind: 'officer', id: me.id, name: me.name },
    channel: note ? null : (channel ?? conversation.channel),
    at,
    subject: body.subject ?? null,
    text: body.text,
    quoted: null,
    has_html: false,
    html_url: null,
    original_url: null,
    files,
    place: null,
    buttons: body.buttons ?? [],
    address: null,
    automatic: false,
    also_to: [],
    cc: body.cc ?? [],
    bcc: body.bcc ?? [],
    page: null,
    warnings: [],
    edited_at: null,
    versions: [],
    retracted_at: null,
    mentions: body.mentions ?? [],
    delivery: note
      ? null
      : { state: 'queued', reason: null, next_try_at: null, attempts: 0, undo_until: null, at },
  };
}

/** Sends, with the message in the thread at once, an undo, and a word when a colleague was faster. */
export function useSend(
  conversation: Conversation,
  draft: Pick<ReturnType<typeof useDraft>, 'take' | 'settle' | 'rest'>,
) {
  const client = useQueryClient();
  const me = useMe();
  const t = useT();
  const [faster, setFaster] = useState<{
    problem: Problem;
    body: NewMessage;
    files: FileRef[];
  } | null>(null);
  const line = keys.timeline(conversation.contact.id);
  const put = (message: Message) =>
    client.setQueryData<Line>(
      line,
      (data) => data && putItem(data, { type: 'message', at: message.at, message }),
    );
  const drop = (id: string) => client.setQueryData<Line>(line, (data) => data && dropItem(data, `m-${id}`));

  const undo = useMutation({
    mutationFn: (message: Message) =>
      ok(api.DELETE('/messages/{id}', { params: { path: { id: message.id } } })),
    onSuccess: (cancelled, message) => {
      put(cancelled);
      giveBack(client, message);
    },
    onError: () => toast({ text: t('send.too_late'), icon: 'alert', tone: 'bad' }),
  });

  const send = useMutation({
    mutationFn: async ({ body }: { body: NewMessage; files: FileRef[] }) => {
      await draft.rest();
      return ok(
        api.POST('/conversations/{id}/messages', {
          params: { path: { id: conversation.id } },
          ...once(),
          body,
        }),
      );
    },
    onMutate: ({ body, files }) => {
      const shown = foresee(body, conversation, me, files);
      put(shown);
      return { shown: shown.id, part: draft.take(body.kind === 'note' ? 'note' : 'reply') };
    },
    onSuccess: (message, { body }, { shown, part }) => {
      client.setQueryData<Line>(
        line,
        (data) => data && settleItem(data, shown, { type: 'message', at: message.at, message }),
      );
      draft.settle(part, true);
      void refreshConversation(client, conversation.id, me.id).catch(() => undefined);
      void client.invalidateQueries({ queryKey: keys.counts });
      const until = message.delivery?.undo_until ? new Date(message.delivery.undo_until).getTime() : 0;
      const action = { label: t('undo'), run: () => undo.mutate(message) };
      if (body.send_at) toast({ text: t('send.scheduled'), icon: 'clock', undo: true, action });
      else if (until > Date.now()) {
        toast({ text: t('send.sending'), icon: 'send', until, counts: true, undo: true, action });
      }
    },
    onError: (error, { body, files }, taken) => {
      if (taken) {
        drop(taken.shown);
        draft.settle(taken.part, false);
      }
      if (error instanceof ApiError && error.code === 'answered_meanwhile') {
        setFaster({ problem: error.problem, body, files });
      } else toast({ text: `${t('send.kept')} ${errorWords(error, t)}`, icon: 'alert', tone: 'bad' });
    },
  });

  return {
    send: (body: NewMessage, files: FileRef[]) => send.mutate({ body, files }),
    busy: send.isPending,
    faster,
    /** Sends what a colleague's answer had stopped. */
    anyway: () => {
      if (faster) send.mutate({ body: { ...faster.body, anyway: true }, files: faster.files });
      setFaster(null);
    },
    see: () => setFaster(null),
  };
}
