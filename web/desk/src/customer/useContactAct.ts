import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/keys';
import type { Contact } from '../api/types';
import { useT } from '../i18n';
import { errorWords } from '../ui/Failed';
import { toast } from '../ui/toasts';

/** Does something to a contact and shows the contact as the hub then has it. */
export function useContactAct(id: string) {
  const client = useQueryClient();
  const t = useT();
  return useMutation({
    mutationFn: (act: () => Promise<Contact | undefined>) => act(),
    onSuccess: (contact) => {
      if (contact) client.setQueryData(keys.contact(contact.id), contact);
      void client.invalidateQueries({ queryKey: keys.contact(id) });
      void client.invalidateQueries({ queryKey: keys.contacts });
      void client.invalidateQueries({ queryKey: keys.conversations });
    },
    onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
  });
}
