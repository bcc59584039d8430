import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Conversation, Message } from '../api/types';
import { useMe } from '../app/session';
import { giveBack } from '../composer/returned';
import { useT } from '../i18n';
import { TicketDialog } from '../tickets/TicketDialog';
import { IconButton } from '../ui/Button';
import { Confirm } from '../ui/Dialog';
import { errorWords } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';
import { toast } from '../ui/toasts';

/** What can be done with one message. */
export function MessageMenu({ message, conversation }: { message: Message; conversation: Conversation }) {
  const t = useT();
  const client = useQueryClient();
  const me = useMe();
  const [asking, setAsking] = useState<'ticket' | 'retract' | null>(null);
  const held =
    message.delivery?.state === 'held' ||
    (message.delivery?.state === 'queued' && message.delivery.attempts === 0);
  const reply = conversation.reply_channels.find((one) => one.channel.id === message.channel?.id);
  const until = message.delivery?.undo_until;
  const inTime = until && new Date(until).getTime() > Date.now();
  const retractable =
    message.direction === 'out' &&
    message.author.id === me.id &&
    !message.retracted_at &&
    message.delivery?.state !== 'cancelled' &&
    (held || (reply?.retract && inTime));
  const retract = useMutation({
    mutationFn: () => ok(api.DELETE('/messages/{id}', { params: { path: { id: message.id } } })),
    onSuccess: () => {
      setAsking(null);
      void client.invalidateQueries({ queryKey: keys.timeline(conversation.contact.id) });
      giveBack(client, message);
    },
    onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
  });
  return (
    <>
      <Pick target={<IconButton icon="more" label={t('message.more')} className="message-more" />}>
        <Pick.Item leftSection={<Icon name="ticket" />} onClick={() => setAsking('ticket')}>
          {t('ticket.open_from')}
        </Pick.Item>
        <Pick.Item
          leftSection={<Icon name="copy" />}
          onClick={() => void navigator.clipboard.writeText(message.text)}
        >
          {t('message.copy')}
        </Pick.Item>
        {message.original_url && (
          <Pick.Item component="a" href={message.original_url} download leftSection={<Icon name="down-to" />}>
            {t('message.original')}
          </Pick.Item>
        )}
        {retractable && (
          <Pick.Item
            leftSection={<Icon name="trash" />}
            className="danger"
            onClick={() => setAsking('retract')}
          >
            {t(held ? 'message.cancel' : 'message.retract')}
          </Pick.Item>
        )}
      </Pick>
      {asking === 'ticket' && (
        <TicketDialog conversation={conversation} message={message} onClose={() => setAsking(null)} />
      )}
      {asking === 'retract' && (
        <Confirm
          title={t(held ? 'message.cancel' : 'message.retract')}
          text={t(held ? 'message.cancel_text' : 'message.retract_text')}
          act={t(held ? 'message.cancel' : 'message.retract')}
          busy={retract.isPending}
          onYes={() => retract.mutate()}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}
