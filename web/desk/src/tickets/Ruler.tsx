import { Link } from '@tanstack/react-router';
import type { Ticket } from '../api/types';
import { useT, useTexts } from '../i18n';
import { dateWords } from '../lib/time';
import { timesWords } from './TicketChips';

const DAY = 24 * 3_600_000;

/** The days before a complaint, with the earlier ones of the same matter and what was done each time. */
export function Ruler({ ticket }: { ticket: Ticket }) {
  const { locale } = useTexts();
  const t = useT();
  const { recurrence } = ticket;
  if (!recurrence) return null;
  const end = new Date(ticket.opened_at).getTime();
  const start = end - recurrence.days * DAY;
  const last = { ...ticket, now: true };
  const marks = [...recurrence.earlier.map((one) => ({ ...one, now: false })), last].map((one) => ({
    ...one,
    at: (0.02 + (0.95 * (new Date(one.opened_at).getTime() - start)) / (end - start)) * 100,
  }));
  // What stands close to the one before would be written over it: it keeps its dot, and its words are below.
  const roomy = marks.every((one, at) => at === 0 || one.at - (marks[at - 1]?.at ?? 0) > 20);
  return (
    <section className="sect">
      <h2>
        {timesWords(recurrence, t)}
        <span className="end t3 sm">
          {t(ticket.cause ? 'ticket.counted_cause' : 'ticket.counted_category')}
        </span>
      </h2>
      <div className="card pad">
        <ol
          className={roomy ? 'ruler' : 'ruler tight'}
          aria-label={t('ticket.ruler', { days: recurrence.days })}
        >
          {marks.map((one) => (
            <li
              key={one.id}
              className={[one.at < 12 && 'at-start', one.at > 80 && 'at-end', one.now && 'now']
                .filter(Boolean)
                .join(' ')}
              style={{ left: `${one.at}%` }}
            >
              <b>
                {one.now ? (
                  one.number
                ) : (
                  <Link to="/tickets/$ticketId" params={{ ticketId: one.id }} title={one.title}>
                    {one.number}
                  </Link>
                )}
                , {dateWords(one.opened_at, Date.now(), locale)}
              </b>
              <i />
              <span title={one.remedy ?? undefined}>
                {one.status === 'solved' && one.remedy ? one.remedy : t(`status.${one.status}`)}
              </span>
            </li>
          ))}
        </ol>
        {ticket.same_cause && ticket.cause && (
          <p className="t2 ruler-foot">
            {t('ticket.same_cause', { name: ticket.cause.name, n: ticket.same_cause.tickets })}{' '}
            {t('ticket.same_contacts', { n: ticket.same_cause.contacts })}
          </p>
        )}
      </div>
    </section>
  );
}
