import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/keys';
import type { Ticket } from '../api/types';

/** Does something to a ticket, and shows it wherever the ticket stands. */
export function useTicketAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: () => Promise<Ticket>) => act(),
    onSuccess: (ticket) => {
      client.setQueryData(keys.ticket(ticket.id), ticket);
      void client.invalidateQueries({ queryKey: keys.tickets });
      void client.invalidateQueries({ queryKey: keys.ticketTimelines });
      void client.invalidateQueries({ queryKey: keys.conversations });
      void client.invalidateQueries({ queryKey: keys.lists });
      void client.invalidateQueries({ queryKey: keys.contact(ticket.contact.id) });
      void client.invalidateQueries({ queryKey: keys.timeline(ticket.contact.id) });
    },
  });
}
