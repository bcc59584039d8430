import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Conversation, ConversationChange, ConversationRow, OfficerRef, Team } from '../api/types';
import { useMe } from '../app/session';
import { useT, useTexts, type Key } from '../i18n';
import { fullWhen } from '../lib/time';
import { mergeIntoLists, refreshConversation } from '../live/refresh';
import { errorWords } from '../ui/Failed';
import { toast } from '../ui/toasts';

/** The row as it will be, for showing it before the hub has answered. */
function foresee(row: ConversationRow, change: ConversationChange, officers: OfficerRef[], teams: Team[]) {
  const next = { ...row };
  if (change.status) {
    next.status = change.status;
    next.snoozed_until = change.snoozed_until ?? null;
    if (change.status === 'solved') next.waiting_since = null;
  }
  if (change.labels) next.labels = change.labels;
  if (change.assignee_id !== undefined) {
    const found = officers.find((one) => one.id === change.assignee_id);
    next.assignee = found ? { id: found.id, name: found.name } : null;
    if (found) [next.bot, next.handed_over_at] = [null, null];
  }
  if (change.team_id !== undefined) {
    const found = teams.find((one) => one.id === change.team_id);
    next.team = found ? { id: found.id, name: found.name } : null;
  }
  return next;
}

/** What to say, and what undoing means. */
function undoOf(row: ConversationRow, change: ConversationChange): ConversationChange {
  const back: ConversationChange = {};
  if (change.status) {
    back.status = row.status;
    if (row.snoozed_until) back.snoozed_until = row.snoozed_until;
  }
  if (change.assignee_id !== undefined) back.assignee_id = row.assignee?.id ?? null;
  if (change.team_id !== undefined) back.team_id = row.team?.id ?? null;
  if (change.labels) back.labels = row.labels;
  return back;
}

/** Changes one conversation: shown at once, said in a toast that can undo it. */
export function useChange() {
  const client = useQueryClient();
  const { id: me } = useMe();
  const { t, locale } = useTexts();
  const officersOf = () => client.getQueryData<OfficerRef[]>(keys.officers) ?? [];
  const teamsOf = () => client.getQueryData<Team[]>(keys.teams) ?? [];

  const show = (row: ConversationRow) => {
    mergeIntoLists(client, row, me);
    client.setQueryData<Conversation>(keys.conversation(row.id), (held) => held && { ...held, ...row });
  };
  const words = (row: ConversationRow, change: ConversationChange): string => {
    const values = { number: row.number, name: row.contact.name };
    if (change.status === 'solved') return t('did.solved', values);
    if (change.status === 'open') return t('did.reopened', values);
    if (change.status === 'snoozed' && change.snoozed_until) {
      return t('did.snoozed', { ...values, when: fullWhen(change.snoozed_until, Date.now(), locale) });
    }
    if (change.assignee_id === null) return t('did.unassigned', values);
    if (change.assignee_id === me) return t('did.taken', values);
    if (change.assignee_id) {
      const to = officersOf().find((one) => one.id === change.assignee_id)?.name ?? '';
      return t('did.assigned', { ...values, to });
    }
    return t('did.changed' satisfies Key, values);
  };

  const change = useMutation({
    mutationFn: ({ row, what }: { row: ConversationRow; what: ConversationChange; silent?: boolean }) =>
      ok(api.PATCH('/conversations/{id}', { params: { path: { id: row.id } }, body: what })),
    onMutate: ({ row, what }) => show(foresee(row, what, officersOf(), teamsOf())),
    onSuccess: (fresh, { row, what, silent }) => {
      client.setQueryData(keys.conversation(row.id), fresh);
      mergeIntoLists(client, fresh, me);
      void client.invalidateQueries({ queryKey: keys.counts });
      if (silent) return;
      toast({
        text: words(row, what),
        icon: 'check',
        tone: 'ok',
        undo: true,
        action: {
          label: t('undo'),
          run: () => change.mutate({ row: fresh, what: undoOf(row, what), silent: true }),
        },
      });
    },
    onError: (error, { row }) => {
      toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' });
      show(row);
      void refreshConversation(client, row.id, me).catch(() => undefined);
    },
  });
  return (row: ConversationRow, what: ConversationChange, silent?: boolean) =>
    change.mutate({ row, what, silent });
}

/** Changes many conversations at once. */
export function useBulk() {
  const client = useQueryClient();
  const t = useT();
  return useMutation({
    mutationFn: ({ ids, change }: { ids: string[]; change: ConversationChange }) =>
      ok(api.POST('/conversations/bulk', { body: { ids, change } })),
    onSuccess: ({ changed, failed }) => {
      toast({
        text: failed.length
          ? t('bulk.partly', { n: changed, failed: failed.length })
          : t('bulk.done', { n: changed }),
        icon: failed.length ? 'alert' : 'check',
        tone: failed.length ? 'bad' : 'ok',
      });
      void client.invalidateQueries({ queryKey: keys.lists });
      void client.invalidateQueries({ queryKey: keys.conversations });
      void client.invalidateQueries({ queryKey: keys.counts });
    },
    onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
  });
}
