import { Link } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import type { Conversation } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { Tx, useT } from '../i18n';
import { Button } from '../ui/Button';
import { errorWords } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toasts';
import { TimesChip } from './TicketChips';
import { useTicketAct } from './useTicketAct';

/** Asks whether a conversation is about the customer's open ticket. */
export function OfferBar({ conversation }: { conversation: Conversation }) {
  const t = useT();
  const writes = can(useMe(), 'tickets:write');
  const act = useTicketAct();
  const answer = (id: string, accept: boolean) =>
    act.mutate(
      () => {
        const params = { path: { id } };
        return accept
          ? ok(api.POST('/ticket-offers/{id}/accept', { params }))
          : ok(api.POST('/ticket-offers/{id}/refuse', { params }));
      },
      { onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }) },
    );
  return conversation.offers.map((offer) => (
    <div key={offer.id} className="strip asks" role="group" aria-label={t('offer.title')}>
      <Icon name="link" className="t3" />
      <span className="cut">
        <Tx
          k="offer.text"
          values={{
            ticket: (
              <Link to="/tickets/$ticketId" params={{ ticketId: offer.ticket.id }}>
                <span className="m">{offer.ticket.number}</span> {offer.ticket.title}
              </Link>
            ),
          }}
        />
      </span>
      <TimesChip recurrence={offer.ticket.recurrence} short />
      <span className="grow" />
      {writes && (
        <>
          <Button small look="primary" busy={act.isPending} onClick={() => answer(offer.id, true)}>
            {t('offer.attach')}
          </Button>
          <Button small look="quiet" busy={act.isPending} onClick={() => answer(offer.id, false)}>
            {t('no')}
          </Button>
        </>
      )}
    </div>
  ));
}
