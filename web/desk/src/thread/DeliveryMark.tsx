import type { Conversation, Delivery, Message } from '../api/types';
import { isKey, useTexts } from '../i18n';
import { clock, fullWhen } from '../lib/time';
import { useNow } from '../lib/useNow';
import { Icon } from '../ui/Icon';
import type { IconName } from '../ui/Sprite';
import { Failure } from './Failure';

const marks: Partial<Record<Delivery['state'], [IconName, string]>> = {
  held: ['clock', ''],
  queued: ['clock', ''],
  sending: ['clock', ''],
  sent: ['check', ''],
  delivered: ['checks', 'ok'],
  read: ['checks', 'ok'],
};

/** What waits longer than this was sent for later on purpose. */
const SOON = 60_000;

/** How far our message got. Failures say why and what next. */
export function DeliveryMark({
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
  if (delivery.state === 'failed' || delivery.state === 'retrying' || delivery.state === 'unknown') {
    return <Failure message={message} delivery={delivery} conversation={conversation} />;
  }
  const wait = new Date(delivery.next_try_at ?? 0).getTime() - new Date(message.at).getTime();
  const later = (delivery.state === 'held' || delivery.state === 'queued') && wait > SOON;
  const key = later ? 'delivery.scheduled' : `delivery.${delivery.state}`;
  const [icon, tone] = marks[delivery.state] ?? ['clock', ''];
  const time = later ? fullWhen(delivery.next_try_at ?? '', now, locale) : clock(delivery.at, locale);
  return (
    <div className="foot">
      <Icon name={icon} size="s" className={tone} />
      {isKey(key) && t(key, { time })}
    </div>
  );
}
