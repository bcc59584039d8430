import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Ticket } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { useAction } from '../keys/ActionsProvider';
import { Avatar } from '../ui/Avatar';
import { Button } from '../ui/Button';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';
import { Ruler } from './Ruler';
import { SolveDialog } from './SolveDialog';
import { TicketChips } from './TicketChips';
import { TicketConversations } from './TicketConversations';
import { TicketDetails } from './TicketDetails';
import { TicketMatter } from './TicketMatter';
import { TicketStory } from './TicketStory';
import { TicketText } from './TicketText';
import { useTicketAct } from './useTicketAct';

export function TicketPage() {
  const { ticketId: id } = useParams({ from: '/desk/tickets/$ticketId' });
  const query = useQuery({
    queryKey: keys.ticket(id),
    queryFn: () => ok(api.GET('/tickets/{id}', { params: { path: { id } } })),
  });
  if (query.data) return <Shown ticket={query.data} />;
  return (
    <main className="pane main">
      {query.error ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : (
        <LineSkeletons count={8} />
      )}
    </main>
  );
}

function Shown({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const me = useMe();
  const act = useTicketAct();
  const [solving, setSolving] = useState(false);
  const solved = ticket.status === 'solved';
  const reopen = () =>
    act.mutate(() => ok(api.POST('/tickets/{id}/reopen', { params: { path: { id: ticket.id } } })));
  const solve = () => (solved ? reopen() : setSolving(true));
  useAction('solve', solve);
  const crumb = (
    <nav className="crumb" aria-label={t('nav.tickets')}>
      <Link to="/tickets">{t('nav.tickets')}</Link>
      <Icon name="right" size="xs" />
      <Link to="/tickets" search={{ kind: ticket.kind }} className="wide">
        {t(`ticket.kind.${ticket.kind}`)}
      </Link>
      <span className="wide">
        <Icon name="right" size="xs" />
      </span>
      <b aria-current="page">{ticket.number}</b>
    </nav>
  );
  return (
    <Page
      title={`${ticket.number} ${ticket.title}`}
      crumb={crumb}
      acts={
        can(me, 'tickets:write') && (
          <Button
            small
            look={solved ? undefined : 'primary'}
            icon={solved ? 'reopen' : 'check'}
            busy={act.isPending}
            title="e"
            onClick={solve}
          >
            {solved ? t('thread.reopen') : t('thread.solve')}
          </Button>
        )
      }
      aside={
        <>
          <TicketDetails ticket={ticket} />
          <TicketStory ticket={ticket} />
        </>
      }
    >
      <TicketText key={ticket.id} ticket={ticket} />
      <div className="sub">
        <span className={solved ? 'chip green' : 'chip accent'}>{t(`status.${ticket.status}`)}</span>
        <span className="chip line">{t(`ticket.kind.${ticket.kind}`)}</span>
        <TicketChips ticket={ticket} />
        <Link
          to="/contacts/$contactId"
          params={{ contactId: ticket.contact.id }}
          className="row gap1 plain-link"
        >
          <Avatar name={ticket.contact.name} size={20} />
          {ticket.contact.name}
        </Link>
        <span className="t3">
          {t('ticket.opened_at')} <When at={ticket.opened_at} full />
        </span>
      </div>
      <Ruler ticket={ticket} />
      <TicketMatter ticket={ticket} />
      <TicketConversations ticket={ticket} />
      {solving && <SolveDialog ticket={ticket} onClose={() => setSolving(false)} />}
    </Page>
  );
}
