import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { TicketRef } from '../api/types';
import { useTexts } from '../i18n';
import { dateWords } from '../lib/time';
import { Icon } from '../ui/Icon';
import { Block } from './Block';

const FEW = 4;

/** What was solved before, and how. */
export function EarlierIssues({ tickets }: { tickets: TicketRef[] }) {
  const { t, locale } = useTexts();
  const [all, setAll] = useState(false);
  const shown = all ? tickets : tickets.slice(0, FEW);
  const more = tickets.length > FEW && (
    <button type="button" className="link sm" onClick={() => setAll(!all)}>
      {all ? t('customer.fewer') : t('all')}
    </button>
  );
  return (
    <Block name="earlier" title={t('customer.earlier_issues')} count={tickets.length} end={more}>
      {tickets.length === 0 && <p className="t3">{t('customer.no_earlier')}</p>}
      {shown.map((ticket) => (
        <div key={ticket.id} className="past">
          <Icon name="check" size="s" className="ok" />
          <Link className="cut plain-link" to="/tickets/$ticketId" params={{ ticketId: ticket.id }}>
            {ticket.title}
          </Link>
          <time dateTime={ticket.opened_at}>{dateWords(ticket.opened_at, Date.now(), locale)}</time>
          <span className="t3 sm">
            {ticket.number}
            {ticket.remedy && ` · ${ticket.remedy}`}
          </span>
        </div>
      ))}
    </Block>
  );
}
