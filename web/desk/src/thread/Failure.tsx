import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Conversation, Delivery, Message } from '../api/types';
import { useTexts } from '../i18n';
import { hubWords } from '../i18n/hub';
import { fullWhen } from '../lib/time';
import { useNow } from '../lib/useNow';
import { Button } from '../ui/Button';
import { useKindName } from '../ui/ChannelIcon';
import { errorWords } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toasts';

/** Not delivered, or not yet: what happened, why, whether it is tried again, what to do. */
export function Failure({
  message,
  delivery,
  conversation,
}: {
  message: Message;
  delivery: Delivery;
  conversation: Conversation;
}) {
  const { t, locale } = useTexts();
  const now = useNow(20_000);
  const kindName = useKindName();
  const client = useQueryClient();
  const after = {
    onSuccess: () => client.invalidateQueries({ queryKey: keys.timeline(conversation.contact.id) }),
    onError: (error: Error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
  };
  const retry = useMutation({
    mutationFn: (channel_id?: string) =>
      ok(
        api.POST('/messages/{id}/retry', {
          params: { path: { id: message.id } },
          body: { channel_id },
        }),
      ),
    ...after,
  });
  const arrived = useMutation({
    mutationFn: () => ok(api.POST('/messages/{id}/arrived', { params: { path: { id: message.id } } })),
    ...after,
  });
  const trying = delivery.state === 'retrying';
  const others = conversation.reply_channels.filter(
    (one) => one.reachable && one.channel.kind !== message.channel?.kind,
  );
  const kind = message.channel ? kindName(message.channel.kind) : '';
  return (
    <div className={trying ? 'why trying' : 'why'} role={trying ? undefined : 'alert'}>
      <Icon name={trying ? 'clock' : 'alert'} />
      <div>
        <b>
          {t(
            trying ? 'failure.not_yet' : delivery.state === 'unknown' ? 'failure.unknown' : 'failure.failed',
          )}
        </b>{' '}
        {delivery.reason ? hubWords(delivery.reason, t) : t('reason.unknown')}{' '}
        {delivery.next_try_at
          ? t('failure.next_try', { time: fullWhen(delivery.next_try_at, now, locale) })
          : !trying && t('failure.no_more')}
      </div>
      <div className="acts">
        {delivery.state === 'unknown' && (
          <Button small busy={arrived.isPending} onClick={() => arrived.mutate()}>
            {t('failure.arrived')}
          </Button>
        )}
        {others.slice(0, 2).map((one) => (
          <Button
            key={one.channel.id}
            small
            busy={retry.isPending}
            onClick={() => retry.mutate(one.channel.id)}
          >
            {t('failure.send_on', { channel: kindName(one.channel.kind) })}
          </Button>
        ))}
        <Button small look="quiet" busy={retry.isPending} onClick={() => retry.mutate(undefined)}>
          {t(trying ? 'failure.now' : 'failure.again', { channel: kind })}
        </Button>
      </div>
    </div>
  );
}
