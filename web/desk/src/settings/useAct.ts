import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useT } from '../i18n';
import { errorWords } from '../ui/Failed';
import { toast } from '../ui/toasts';

/** Does something and reads anew what it changed; a failure is said in a toast. */
export function useAct(...touches: QueryKey[]) {
  const client = useQueryClient();
  const t = useT();
  return useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSuccess: () => {
      for (const key of touches) void client.invalidateQueries({ queryKey: key });
    },
    onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
  });
}
