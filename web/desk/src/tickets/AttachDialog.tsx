import { api, ok } from '../api/client';
import type { Conversation, TicketRef } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FormError } from '../ui/Failed';
import { useTicketAct } from './useTicketAct';

/** Asks before a conversation is filed under a ticket. */
export function AttachDialog({
  ticket,
  conversation,
  onClose,
}: {
  ticket: TicketRef;
  conversation: Conversation;
  onClose: () => void;
}) {
  const t = useT();
  const act = useTicketAct();
  const attach = () =>
    act.mutate(
      () =>
        ok(
          api.POST('/tickets/{id}/conversations', {
            params: { path: { id: ticket.id } },
            body: { conversation_id: conversation.id },
          }),
        ),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t('ticket.attach_here')}
      size={420}
      onClose={onClose}
      onSubmit={attach}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} data-autofocus>
            {t('ticket.attach_do')}
          </Button>
        </>
      }
    >
      <p className="t2">
        {t('ticket.attach_text', { number: conversation.number, ticket: `${ticket.number} ${ticket.title}` })}
      </p>
      <FormError error={act.error} />
    </Dialog>
  );
}
