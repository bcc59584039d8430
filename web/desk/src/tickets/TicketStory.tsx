import { Link } from '@tanstack/react-router';
import type { EventItem, MessageItem, Ticket } from '../api/types';
import { Tx, isKey, useT } from '../i18n';
import { firstName } from '../lib/people';
import { itemKey, ticketOf } from '../lib/timeline';
import { useTimeline } from '../thread/useTimeline';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';

/** What happened with this ticket and in its conversations, newest first. */
export function TicketStory({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const { items, hasNextPage, fetchNextPage } = useTimeline(ticket.contact.id);
  const ours = new Set(ticket.conversations.map((one) => one.id));
  const lines = items.filter((item) => item.type !== 'mailing');
  const told = lines.filter((item) =>
    item.type === 'message'
      ? ours.has(item.message.conversation_id)
      : item.ticket_id
        ? item.ticket_id === ticket.id
        : item.conversation_id !== null &&
          ours.has(item.conversation_id) &&
          item.kind !== 'conversation.opened',
  );
  return (
    <section className="block last">
      <h3>{t('customer.timeline')}</h3>
      <ul className="tl">
        {[...told].reverse().map((item) => (
          <li key={itemKey(item)}>
            <Turn item={item} />
            <When at={item.at} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="link sm" onClick={() => void fetchNextPage()}>
          {t('more')}
        </button>
      )}
    </section>
  );
}

function Turn({ item }: { item: MessageItem | EventItem }) {
  const t = useT();
  if (item.type === 'message') {
    const { message } = item;
    return (
      <>
        {message.channel ? (
          <ChannelIcon kind={message.channel.kind} size="s" said />
        ) : (
          <Icon name="lock" size="s" className="nt" label={t('act.note')} />
        )}
        <Link
          className="clip2 plain-link"
          to="/inbox/$folder/$conversationId"
          params={{ folder: 'open', conversationId: message.conversation_id }}
          search={{ message: message.id }}
        >
          <span className="t3">{firstName(message.author.name)}: </span>
          {message.text || message.files[0]?.name}
        </Link>
      </>
    );
  }
  const key = `story.${item.kind}`;
  const solved = item.kind === 'ticket.solved';
  return (
    <>
      <Icon name={solved ? 'check' : 'link'} size="s" className={solved ? 'ok' : 't3'} />
      <span>
        {isKey(key) ? <Tx k={key} values={{ by: firstName(item.actor?.name ?? 'Sapa') }} /> : item.kind}
      </span>
      {solved && <span className="t3">{ticketOf(item)?.outcome}</span>}
    </>
  );
}
