import { useState } from 'react';
import { Link } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import type { Contact, Suggestion } from '../api/types';
import { useT } from '../i18n';
import { TimesChip } from '../tickets/TicketChips';
import { Avatar } from '../ui/Avatar';
import { Button } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toasts';
import { Block } from './Block';
import { EvidenceList } from './EvidenceList';
import { useContactAct } from './useContactAct';

/** Records that may be the same person: shown with the evidence, never joined by themselves. */
export function Suggestions({ contact }: { contact: Contact }) {
  const t = useT();
  const act = useContactAct(contact.id);
  const [compared, setCompared] = useState<Suggestion | null>(null);
  if (contact.suggestions.length === 0) return null;
  const path = (one: Suggestion) => ({ params: { path: { id: one.id } } });
  const undo = (merge: string | undefined) => () => {
    if (merge) act.mutate(() => ok(api.POST('/merges/{id}/undo', { params: { path: { id: merge } } })));
  };
  const merge = (one: Suggestion) =>
    act.mutate(() => ok(api.POST('/suggestions/{id}/merge', path(one))), {
      onSuccess: (merged) => {
        setCompared(null);
        const made = merged?.merges.find((other) => !contact.merges.some((before) => before.id === other.id));
        const action = { label: t('undo'), run: undo(made?.id) };
        toast({ text: t('merge.done'), icon: 'merge', undo: true, action });
      },
    });
  const refuse = (one: Suggestion) =>
    act.mutate(async () => {
      await ok(api.POST('/suggestions/{id}/refuse', path(one)));
      return undefined;
    });
  return (
    <Block name="same" title={t('customer.same_person')}>
      {contact.suggestions.map((one) => (
        <div key={one.id} className="issue">
          <div className="row">
            <Avatar name={one.other.name} size={24} />
            <div className="grow cut">
              <Link className="m plain-link" to="/contacts/$contactId" params={{ contactId: one.other.id }}>
                {one.other.name}
              </Link>{' '}
              <span className="t3">{t('customer.conversations', { n: one.other.conversation_count })}</span>
            </div>
          </div>
          <EvidenceList evidence={one.evidence} />
          {one.other.open_tickets.map((ticket) => (
            <div key={ticket.id} className="row gap1 sm">
              <Icon name="ticket" size="s" className="t3" />
              <Link to="/tickets/$ticketId" params={{ ticketId: ticket.id }} className="cut grow">
                <span className="num">{ticket.number}</span> {ticket.title}
              </Link>
              <TimesChip recurrence={ticket.recurrence} short />
            </div>
          ))}
          <div className="row wrap">
            <Button small onClick={() => setCompared(one)}>
              {t('merge.compare')}
            </Button>
            <Button small look="quiet" busy={act.isPending} onClick={() => refuse(one)}>
              {t('merge.not_same')}
            </Button>
          </div>
        </div>
      ))}
      {compared && (
        <Dialog
          title={t('merge.title')}
          size={560}
          onClose={() => setCompared(null)}
          foot={
            <>
              <Button look="quiet" onClick={() => setCompared(null)}>
                {t('cancel')}
              </Button>
              <Button look="primary" busy={act.isPending} onClick={() => merge(compared)}>
                {t('merge.do')}
              </Button>
            </>
          }
        >
          <div className="two">
            <Side name={contact.name} identities={contact.identities} count={contact.conversation_count} />
            <Side
              name={compared.other.name}
              identities={compared.other.identities}
              count={compared.other.conversation_count}
            />
          </div>
          <EvidenceList evidence={compared.evidence} />
          <p className="t3 sm">{t('merge.undo_hint')}</p>
        </Dialog>
      )}
    </Block>
  );
}

function Side({
  name,
  identities,
  count,
}: {
  name: string;
  identities: Contact['identities'];
  count: number;
}) {
  const t = useT();
  return (
    <div className="card pad">
      <div className="row">
        <Avatar name={name} size={24} />
        <b className="cut">{name}</b>
      </div>
      <p className="t3 sm">{t('customer.conversations', { n: count })}</p>
      {identities.map((one) => (
        <div key={one.id} className="row sm">
          <ChannelIcon kind={one.kind} size="s" said />
          <span className="cut">{one.shown}</span>
          {!one.verified_at && <span className="t3">{t('identity.not_proven')}</span>}
        </div>
      ))}
    </div>
  );
}
