import { memo } from 'react';
import type { ConversationRow } from '../api/types';
import { useT, useTexts } from '../i18n';
import { dueState } from '../lib/due';
import { durationWords, fullWhen } from '../lib/time';
import { useNow } from '../lib/useNow';
import { urgency } from '../lib/waiting';
import { useLive } from '../live/LiveProvider';
import { Avatar } from '../ui/Avatar';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';

interface RowProps {
  row: ConversationRow;
  me: string;
  on: boolean;
  picked: boolean;
  /** Some row is picked: all check boxes are shown. */
  picking: boolean;
  onPick: (id: string, range: boolean) => void;
}

/** One conversation in three lines: who, what, state. */
export const Row = memo(function Row({ row, me, on, picked, picking, onPick }: RowProps) {
  const t = useT();
  const classes = ['conv', on && 'on', row.unread && 'unread', picked && 'picked', picking && 'picking'];
  return (
    <article className={classes.filter(Boolean).join(' ')}>
      <span className="who">
        <Avatar name={row.contact.name} />
        <span className="badge">
          <ChannelIcon kind={row.channel.kind} size="xs" said />
        </span>
        <input
          type="checkbox"
          className="tick"
          tabIndex={-1}
          checked={picked}
          aria-label={t('list.select', { name: row.contact.name })}
          onClick={(event) => event.stopPropagation()}
          onChange={(event) => onPick(row.id, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      </span>
      <div className="min0">
        <div className="l1">
          <b className="cut">{row.contact.name}</b>
          {row.unread && <span className="sr">{t('list.unread')}</span>}
          <When at={row.last_message_at} />
        </div>
        <div className="l2 cut">
          <Said row={row} me={me} />
        </div>
        <div className="l3">
          <States row={row} />
          {row.bot ? (
            <span className="bot-mark" title={t('bot.in_charge', { name: row.bot.name })}>
              <Icon name="bot" label={t('bot.in_charge', { name: row.bot.name })} />
            </span>
          ) : row.assignee ? (
            <Avatar
              name={row.assignee.name}
              officer={row.assignee.id}
              size={16}
              label={t('list.assigned', { name: row.assignee.name })}
            />
          ) : (
            <Icon name="ring" className="none" label={t('list.nobody')} />
          )}
        </div>
      </div>
    </article>
  );
});

function Said({ row, me }: { row: ConversationRow; me: string }) {
  const t = useT();
  if (row.draft) {
    return (
      <>
        <span className="draft">{t('list.draft')}</span> {row.draft}
      </>
    );
  }
  const ours = row.preview_kind !== 'in';
  const mine = row.assignee?.id === me && row.preview_author === row.assignee.name;
  const by = row.preview_kind === 'note' ? t('list.note') : mine ? t('you') : row.preview_author;
  return (
    <>
      {ours && by && <em>{by}: </em>}
      {row.has_files && <em>{t('list.file')} </em>}
      {row.subject && row.preview_kind === 'in' && row.channel.kind === 'email' ? row.subject : row.preview}
    </>
  );
}

/** Red when its time is over, amber when it is close or the matter came before. */
function ticketLook(ticket: NonNullable<ConversationRow['ticket']>, now: number): string {
  const due = ticket.due_at ? dueState(ticket.due_at, ticket.opened_at, now) : 'calm';
  if (due === 'late') return 'red';
  return due === 'soon' || ticket.times > 1 ? 'amber' : 'line';
}

function States({ row }: { row: ConversationRow }) {
  const { t, locale } = useTexts();
  const now = useNow(30_000);
  const typing = useLive((state) => state.typing[row.id] === true);
  return (
    <>
      {row.handed_over_at && row.status === 'open' && (
        <span className="chip line" title={fullWhen(row.handed_over_at, now, locale)}>
          <Icon name="bot" size="xs" />
          {t('bot.handed_over')}
        </span>
      )}
      {row.waiting_since && row.status === 'open' && !row.bot && (
        <span
          className={`chip ${{ calm: '', amber: 'amber', red: 'red' }[urgency(row.waiting_since, now)]}`}
          title={t('list.waits')}
        >
          <Icon name="clock" size="xs" label={t('list.waits')} />
          {durationWords(now - new Date(row.waiting_since).getTime(), t)}
        </span>
      )}
      {row.status === 'snoozed' && row.snoozed_until && (
        <span className="chip">
          <Icon name="snooze" size="xs" />
          {fullWhen(row.snoozed_until, now, locale)}
        </span>
      )}
      {row.status === 'solved' && (
        <span className="chip green">
          <Icon name="check" size="xs" />
          {t('status.solved')}
        </span>
      )}
      {row.mailing && (
        <span className="chip line" title={t('mailing.answer_to', { name: row.mailing.name })}>
          <Icon name="horn" size="xs" label={t('mailing.answer_to', { name: row.mailing.name })} />
          {row.mailing.number}
        </span>
      )}
      {row.ticket && (
        <span
          className={`chip ${ticketLook(row.ticket, now)}`}
          title={`${row.ticket.title}${row.ticket.times > 1 ? ` · ${t('ticket.times_short', { n: row.ticket.times })}` : ''}`}
        >
          {row.ticket.times > 1 && <Icon name="repeat" size="xs" label={t('ticket.recurrent')} />}
          {row.ticket.number}
          {row.ticket.times > 1 && ` ${row.ticket.times}×`}
          {row.ticket.count_open > 1 && ` +${row.ticket.count_open - 1}`}
        </span>
      )}
      {typing ? (
        <span className="chip bare typing">{t('list.typing')}</span>
      ) : (
        row.labels.slice(0, 1).map((label) => (
          <span key={label} className="chip line cut" title={row.labels.join(', ')}>
            {label}
            {row.labels.length > 1 && ` +${row.labels.length - 1}`}
          </span>
        ))
      )}
    </>
  );
}
