import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { MailingState, Page } from '../api/types';
import { useT } from '../i18n';
import { errorWords } from '../ui/Failed';
import { toast } from '../ui/toasts';

const itemsOf = <T>(page: Page<T>): T[] => page.items;

/** While something is under way it is also asked for now and then: a word may be lost. */
const EVERY = 5000;

export function useProgress(id: string) {
  return useQuery({
    queryKey: keys.mailing(id),
    queryFn: () => ok(api.GET('/mailings/{id}/progress', { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data?.mailing.state === 'running' ? EVERY : false),
  });
}

export function useContent(id: string) {
  return useQuery({
    queryKey: [...keys.mailing(id), 'content'],
    queryFn: () => ok(api.GET('/mailings/{id}/content', { params: { path: { id } } })),
  });
}

export function useTemplates() {
  return useQuery({ queryKey: keys.templates, queryFn: () => ok(api.GET('/templates')).then(itemsOf) });
}

/** Does something to mailings or templates and reads anew what it changed; a failure is said in a toast. */
export function useMailingAct(id?: string) {
  const client = useQueryClient();
  const t = useT();
  return useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => {
      for (const key of [keys.mailings, keys.templates]) void client.invalidateQueries({ queryKey: key });
      if (id) void client.invalidateQueries({ queryKey: keys.mailing(id) });
    },
    onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
  });
}

export const tones: Record<MailingState, string> = {
  draft: 'chip',
  running: 'chip accent',
  paused: 'chip amber',
  done: 'chip green',
  cancelled: 'chip line',
};
