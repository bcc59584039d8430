import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { mergeIntoLists } from '../live/refresh';
import { errorWords } from '../ui/Failed';
import { toast } from '../ui/toasts';

/** Takes a conversation over from its bot, or gives it back; the toast can undo it. */
export function useCharge() {
  const client = useQueryClient();
  const { id: me } = useMe();
  const t = useT();
  const charge = useMutation({
    mutationFn: ({ id, bot }: { id: string; bot: boolean; from?: string; silent?: boolean }) =>
      ok(api.POST('/conversations/{id}/bot', { params: { path: { id } }, body: { bot } })),
    onSuccess: (fresh, { id, bot, from, silent }) => {
      client.setQueryData(keys.conversation(id), fresh);
      mergeIntoLists(client, fresh, me);
      void client.invalidateQueries({ queryKey: keys.counts });
      if (silent) return;
      const name = fresh.bot?.name ?? from ?? '';
      toast({
        text: t(bot ? 'bot.given_back' : 'bot.taken', { name }),
        icon: 'check',
        tone: 'ok',
        undo: true,
        action: { label: t('undo'), run: () => charge.mutate({ id, bot: !bot, silent: true }) },
      });
    },
    onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
  });
  return charge;
}
