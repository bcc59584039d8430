import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useT } from '../i18n';
import { errorWords } from '../ui/Failed';
import { toast } from '../ui/toasts';

/** Does something and reads anew what it changed; a failure is said in a toast. */
export function useAct(...touches: QueryKey[]) {
  const t = useT();
  return useDoing(touches, (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }));
}

/** The same for a form, which says itself what failed. */
export function useFormAct(...touches: QueryKey[]) {
  return useDoing(touches);
}

function useDoing(touches: QueryKey[], onError?: (error: Error) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSuccess: () => {
      for (const key of touches) void client.invalidateQueries({ queryKey: key });
    },
    onError,
  });
}
