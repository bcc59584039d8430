import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Conversation, TicketRef } from '../api/types';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { AttachDialog } from '../tickets/AttachDialog';
import { Avatar } from '../ui/Avatar';
import { Button } from '../ui/Button';
import { When } from '../ui/When';
import { Block } from './Block';

/** What the customer still waits for: the first thing an officer must see. */
export function OpenIssues({ tickets, conversation }: { tickets: TicketRef[]; conversation?: Conversation }) {
  const t = useT();
  const me = useMe();
  const [attach, setAttach] = useState<TicketRef | null>(null);
  const filed = new Set(conversation?.tickets.map((ticket) => ticket.id));
  return (
    <Block name="open" title={t('customer.open_issues')} count={tickets.length}>
      {tickets.length === 0 && <p className="t3">{t('customer.no_open')}</p>}
      {tickets.map((ticket) => (
        <div key={ticket.id} className="issue">
          <div className="row">
            <Link to="/tickets/$ticketId" params={{ ticketId: ticket.id }} className="t3 num">
              {ticket.number}
            </Link>
            <span className="grow" />
            <span className="chip line">{t(`ticket.kind.${ticket.kind}`)}</span>
          </div>
          <Link to="/tickets/$ticketId" params={{ ticketId: ticket.id }} className="t">
            {ticket.title}
          </Link>
          <div className="row sm t3 gap1 start">
            {ticket.owner && <Avatar name={ticket.owner.name} officer={ticket.owner.id} size={16} />}
            <span className="min0">
              {ticket.owner && `${ticket.owner.id === me.id ? t('you') : ticket.owner.name} · `}
              {t('ticket.open_since')} <When at={ticket.opened_at} full />
            </span>
          </div>
          {conversation && !filed.has(ticket.id) && (
            <Button small look="quiet" icon="link" onClick={() => setAttach(ticket)}>
              {t('ticket.attach_here')}
            </Button>
          )}
        </div>
      ))}
      {attach && conversation && (
        <AttachDialog ticket={attach} conversation={conversation} onClose={() => setAttach(null)} />
      )}
    </Block>
  );
}
