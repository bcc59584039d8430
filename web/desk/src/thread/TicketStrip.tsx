import { Link } from '@tanstack/react-router';
import type { Conversation } from '../api/types';
import { useT } from '../i18n';
import { TicketChips } from '../tickets/TicketChips';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';

/** The tickets that this conversation is about, under its head. */
export function TicketStrip({ conversation }: { conversation: Conversation }) {
  const t = useT();
  const open = conversation.tickets.filter((ticket) => ticket.status === 'open');
  const [first, ...rest] = open.length ? open : conversation.tickets;
  if (!first) return null;
  return (
    <div className="strip">
      <Icon name="ticket" className="t3" />
      <Link to="/tickets/$ticketId" params={{ ticketId: first.id }} className="cut">
        <span className="m">{first.number}</span> {first.title}
      </Link>
      {first.status === 'solved' ? (
        <span className="chip green" title={first.remedy ?? undefined}>
          <Icon name="check" size="xs" />
          {t('status.solved')}
        </span>
      ) : (
        <TicketChips ticket={first} />
      )}
      {rest.map((ticket) => (
        <Link
          key={ticket.id}
          to="/tickets/$ticketId"
          params={{ ticketId: ticket.id }}
          className="chip"
          title={ticket.title}
        >
          {ticket.number}
        </Link>
      ))}
      <span className="grow" />
      <span className="sm t3 wide">
        {t('ticket.open_since')} <When at={first.opened_at} full />
      </span>
    </div>
  );
}
