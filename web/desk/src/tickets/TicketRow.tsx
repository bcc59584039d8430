import { Link } from '@tanstack/react-router';
import type { Category, TicketRef } from '../api/types';
import { useTexts } from '../i18n';
import { moneyWords } from '../lib/money';
import { pathOf } from '../lib/terms';
import { Avatar } from '../ui/Avatar';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';
import { DueChip, SeverityChip, TimesChip } from './TicketChips';

/** One ticket of the list: what, whose, by whom, until when. */
export function TicketRow({
  ticket,
  categories,
  me,
}: {
  ticket: TicketRef;
  categories: Category[];
  me: string;
}) {
  const { t, locale } = useTexts();
  const solved = ticket.status === 'solved';
  const where = ticket.category && (pathOf(categories, ticket.category.id) || ticket.category.name);
  return (
    <tr className="rowlink">
      <td className="num t3 nowrap">{ticket.number}</td>
      <td>
        <Link className="m plain-link cover" to="/tickets/$ticketId" params={{ ticketId: ticket.id }}>
          {ticket.title}
        </Link>
        <div className="sm t2 phone-only">{ticket.contact.name}</div>
        <div className="sm t3 row gap1 wrap under">
          {ticket.kind !== 'complaint' && (
            <span className="chip line">{t(`ticket.kind.${ticket.kind}`)}</span>
          )}
          <SeverityChip severity={ticket.severity} />
          <TimesChip recurrence={ticket.recurrence} />
          {where && <span className="cut">{where}</span>}
        </div>
        {solved && (
          <div className="sm row gap1 start">
            <Icon name="check" size="xs" className="ok" label={t('status.solved')} />
            <span>
              {ticket.remedy ?? t('status.solved')}
              {ticket.cause && <span className="t3"> · {ticket.cause.name}</span>}
              {ticket.remedy_cost && (
                <span className="t3 num"> · {moneyWords(ticket.remedy_cost, locale)}</span>
              )}
            </span>
          </div>
        )}
      </td>
      <td className="wide">{ticket.contact.name}</td>
      <td className="wide nowrap">
        {ticket.owner ? (
          <span className="row gap1">
            <Avatar name={ticket.owner.name} officer={ticket.owner.id} size={16} />
            {ticket.owner.id === me ? t('you') : ticket.owner.name}
          </span>
        ) : (
          <span className="t3">{t('officer.none')}</span>
        )}
        {ticket.team && <div className="sm t3">{ticket.team.name}</div>}
      </td>
      <td className="nowrap">
        <DueChip ticket={ticket} />
      </td>
      <td className="wide r t3 nowrap">
        <When at={ticket.opened_at} />
      </td>
    </tr>
  );
}
