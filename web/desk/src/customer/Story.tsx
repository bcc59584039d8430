import { Link } from '@tanstack/react-router';
import type { Contact, TimelineItem } from '../api/types';
import { useT } from '../i18n';
import { itemKey, ticketOf } from '../lib/timeline';
import { useTimeline } from '../thread/useTimeline';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';
import { Block } from './Block';

const SHOWN = 12;

/** The newest turns of the customer's time line, in one line each. */
export function Story({ contact }: { contact: Contact }) {
  const t = useT();
  const { items } = useTimeline(contact.id);
  const told = items
    .filter((item) => item.type !== 'event' || item.kind.startsWith('ticket.'))
    .slice(-SHOWN)
    .reverse();
  if (told.length === 0) return null;
  return (
    <Block name="story" title={t('customer.timeline')}>
      <ul className="tl">
        {told.map((item) => (
          <li key={itemKey(item)}>
            <Turn item={item} />
            <When at={item.at} />
          </li>
        ))}
      </ul>
    </Block>
  );
}

function Turn({ item }: { item: TimelineItem }) {
  const t = useT();
  if (item.type === 'event') {
    const solved = item.kind === 'ticket.solved';
    const ticket = ticketOf(item);
    return (
      <>
        <Icon name={solved ? 'check' : 'ticket'} size="s" className={solved ? 'ok' : 't3'} />
        <span className="cut">
          {ticket?.number} {ticket?.title}
        </span>
      </>
    );
  }
  if (item.type === 'mailing') {
    return (
      <>
        <Icon name="horn" size="s" className="t3" />
        <span className="cut">
          {item.mailing.name}
          {item.mailing.answered_at && <span className="t3"> · {t('mailing.answered_short')}</span>}
        </span>
      </>
    );
  }
  const { message } = item;
  const words = message.subject ?? (message.text || message.files[0]?.name) ?? '';
  return (
    <>
      {message.channel ? (
        <ChannelIcon kind={message.channel.kind} size="s" said />
      ) : (
        <Icon name="lock" size="s" className="nt" label={t('act.note')} />
      )}
      <Link
        className="cut plain-link"
        to="/inbox/$folder/$conversationId"
        params={{ folder: 'open', conversationId: message.conversation_id }}
        search={{ message: message.id }}
      >
        {message.direction === 'out' && <span className="t3">{message.author.name}: </span>}
        {words}
      </Link>
    </>
  );
}
