import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCounts } from '../api/queries';
import type { EventItem } from '../api/types';
import { useMe } from '../app/session';
import { isKey, Tx, useTexts } from '../i18n';
import { firstName } from '../lib/people';
import { fullWhen } from '../lib/time';
import { ticketOf } from '../lib/timeline';
import { useNow } from '../lib/useNow';
import { ChannelIcon, useKindName } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const named = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && 'name' in value ? text(value.name) : null;

/** What happened, in one grey sentence. */
export function Activity({ event, line }: { event: EventItem; line: string }) {
  const { t, locale } = useTexts();
  const me = useMe();
  const now = useNow(60_000);
  const kindName = useKindName();
  const { data } = event;
  const person = (id: string | null, name: string | null) =>
    id === me.id ? t('you') : firstName(name ?? '');
  const by = event.actor?.kind === 'officer' ? person(event.actor.id, event.actor.name) : null;
  const bot = event.actor?.kind === 'bot' ? event.actor.name : null;
  const ticket = ticketOf(event);
  const channels = useCounts().data?.channels ?? [];
  const kind = text(data.kind) ?? channels.find((one) => one.id === data.to)?.kind ?? null;
  const to = text(data.officer) ?? named(data.officer) ?? text(data.team);
  const until = text(data.until) ?? text(data.snoozed_until);
  const reason = text(data.reason);
  const values: Record<string, ReactNode> = {
    by: by ?? bot ?? 'Sapa',
    bot: text(data.bot) ?? '',
    to: to && (to === me.name ? t('you') : to),
    channel: kind && kindName(kind),
    until: until && fullWhen(until, now, locale),
    proof:
      text(data.proof) && isKey(`proof.${text(data.proof)}`)
        ? t(`proof.${text(data.proof)}` as 'proof.channel')
        : '',
    shown: text(data.shown) ?? text(data.value) ?? '',
    outcome: ticket?.outcome ?? '',
    ticket: ticket && (
      <>
        <Link to="/tickets/$ticketId" params={{ ticketId: ticket.id }}>
          {ticket.number}
        </Link>{' '}
        {ticket.title}
      </>
    ),
    name: text(data.name) ?? '',
    // Of consent, addresses and imports.
    state: data.state === 'granted' || data.state === 'withdrawn' ? t(`state.${data.state}`) : '',
    source: text(data.source) ?? '',
    file: text(data.file) ?? '',
    reason: reason && isKey(`kept.${reason}`) ? t(`kept.${reason}` as 'kept.manual') : '',
  };
  let key = `event.${event.kind}`;
  if (event.kind === 'conversation.assigned' && by && to === event.actor.name)
    key = 'event.conversation.taken';
  if (event.kind === 'conversation.assigned' && !to) key = 'event.conversation.unassigned';
  const over = event.kind === 'conversation.handed_over';
  if (over && text(data.team)) key = 'event.conversation.handed_over_team';
  const why = over ? `over.${text(data.why) ?? ''}` : '';
  if (event.kind === 'conversation.snoozed' && !until) key = 'event.conversation.snoozed_plain';
  if (event.kind === 'ticket.solved' && !values.outcome) key = 'event.ticket.solved_plain';
  if (!isKey(key)) return null;
  return (
    <div className="act" data-line={line}>
      {event.kind === 'conversation.channel_changed' && kind && <ChannelIcon kind={kind} size="s" />}
      {over && <Icon name="bot" size="s" />}
      <Tx k={key} values={values} />
      {isKey(why) && <>. {t(why)}</>}{' '}
      <span className="act-when">
        <When at={event.at} full />
      </span>
    </div>
  );
}
