import { Link } from '@tanstack/react-router';
import type { Contact } from '../api/types';
import { useT } from '../i18n';
import { ChannelIcon } from '../ui/ChannelIcon';
import { When } from '../ui/When';
import { Block } from './Block';

/** Other conversations with the same customer that are open beside this one. */
export function OpenConversations({ contact, current }: { contact: Contact; current?: string }) {
  const t = useT();
  const others = contact.open_conversations.filter((row) => row.id !== current);
  if (others.length === 0) return null;
  return (
    <Block
      name="conversations"
      title={t(current ? 'customer.other_conversations' : 'customer.open_conversations')}
      count={others.length}
    >
      {others.map((row) => (
        <div key={row.id} className="past">
          <ChannelIcon kind={row.channel.kind} size="s" />
          <Link
            className="cut plain-link"
            to="/inbox/$folder/$conversationId"
            params={{ folder: 'open', conversationId: row.id }}
          >
            {row.subject ?? row.preview}
          </Link>
          <When at={row.last_message_at} />
        </div>
      ))}
    </Block>
  );
}
