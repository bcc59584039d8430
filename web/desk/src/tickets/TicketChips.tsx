import { Popover } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Recurrence, Severity, TicketRef } from '../api/types';
import { useT, useTexts } from '../i18n';
import { dueState } from '../lib/due';
import { dateWords, durationWords, fullWhen } from '../lib/time';
import { useNow } from '../lib/useNow';
import { Icon } from '../ui/Icon';

/** How bad it is, where it is not as usual. */
export function SeverityChip({ severity, always }: { severity: Severity; always?: boolean }) {
  const t = useT();
  if (severity === 'normal' && !always) return null;
  return (
    <span className={severity === 'critical' ? 'chip red' : 'chip line'}>
      <Icon name="flag" size="xs" />
      {t(`severity.${severity}`)}
    </span>
  );
}

/** Until when an open ticket is to be solved: grey, amber when it is close, red when it is late. */
export function DueChip({
  ticket,
  bare,
}: {
  ticket: { due_at: string | null; opened_at: string; status?: string };
  /** Nothing while there is time enough. */
  bare?: boolean;
}) {
  const { t, locale } = useTexts();
  const now = useNow(30_000);
  if (!ticket.due_at || ticket.status === 'solved') return null;
  const state = dueState(ticket.due_at, ticket.opened_at, now);
  if (bare && state === 'calm') return null;
  const left = new Date(ticket.due_at).getTime() - now;
  const words = durationWords(Math.abs(left), t);
  return (
    <span
      className={`chip ${{ calm: '', soon: 'amber', late: 'red' }[state]}`}
      title={fullWhen(ticket.due_at, now, locale)}
    >
      <Icon name={state === 'late' ? 'alert' : 'clock'} size="xs" />
      {state === 'late' ? t('ticket.late', { words }) : t('ticket.left', { words })}
    </span>
  );
}

/** Third time in 60 days: the earlier ones and what was done are a press away. */
export function TimesChip({ recurrence, short }: { recurrence: Recurrence | null; short?: boolean }) {
  const { t, locale } = useTexts();
  const [opened, setOpened] = useState(false);
  if (!recurrence) return null;
  const words = timesWords(recurrence, t);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      width={300}
      position="bottom-start"
      shadow="md"
      withinPortal
    >
      <Popover.Target>
        <button
          type="button"
          className="chip amber times"
          title={words}
          aria-expanded={opened}
          onClick={(event) => {
            event.preventDefault();
            event.stopPropagation();
            setOpened(!opened);
          }}
        >
          <Icon name="repeat" size="xs" />
          {short ? t('ticket.times_short', { n: recurrence.times }) : words}
        </button>
      </Popover.Target>
      <Popover.Dropdown className="times-list">
        <b>{words}</b>
        <ul>
          {[...recurrence.earlier].reverse().map((one) => (
            <li key={one.id}>
              <Link to="/tickets/$ticketId" params={{ ticketId: one.id }} className="cut">
                <span className="num">{one.number}</span> {one.title}
              </Link>
              <span className="t3 sm">
                {dateWords(one.opened_at, Date.now(), locale)}
                {' · '}
                {one.remedy ?? t(`status.${one.status}`)}
              </span>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

/** "3rd time in 60 days". */
export function timesWords(
  { times, days }: Pick<Recurrence, 'times' | 'days'>,
  t: ReturnType<typeof useT>,
): string {
  const key = times === 2 ? 'ticket.times_2' : times === 3 ? 'ticket.times_3' : 'ticket.times';
  return t(key, { times, days });
}

/** What an officer should know of a ticket beside its title. */
export function TicketChips({ ticket, short }: { ticket: TicketRef; short?: boolean }) {
  return (
    <>
      <SeverityChip severity={ticket.severity} />
      <TimesChip recurrence={ticket.recurrence} short={short} />
      <DueChip ticket={ticket} />
    </>
  );
}
