import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { EventItem, MessageItem, Ticket, TimelineItem } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { Tx, isKey, useTexts, type Translate } from '../i18n';
import { firstName } from '../lib/people';
import { fullWhen } from '../lib/time';
import { itemKey, ticketOf } from '../lib/timeline';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Failed, errorWords } from '../ui/Failed';
import { IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { LineSkeletons } from '../ui/Skeleton';
import type { IconName } from '../ui/Sprite';
import { toast } from '../ui/toasts';
import { When } from '../ui/When';
import { useTicketAct } from './useTicketAct';

/** What was said of this ticket, on any channel, and what happened to it; the newest first. */
export function TicketStory({ ticket }: { ticket: Ticket }) {
  const { t } = useTexts();
  const query = useInfiniteQuery({
    queryKey: keys.ticketTimeline(ticket.id),
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/tickets/{id}/timeline', {
          params: { path: { id: ticket.id }, query: { cursor: pageParam, limit: 50 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const items = (query.data?.pages ?? [])
    .flatMap((page) => [...page.items].reverse())
    .filter((item) => item.type === 'message' || (item.type === 'event' && isKey(`story.${item.kind}`)));
  return (
    <section className="block last">
      <h3>
        {t('customer.timeline')}
        <span className="t3 sm end">{t('ticket.messages', { n: ticket.message_count })}</span>
      </h3>
      {query.error && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <LineSkeletons count={5} />}
      <ul className="tl">
        {items.map((item) => (
          <li key={itemKey(item)}>
            <Turn item={item} ticket={ticket} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <button
          type="button"
          className="link sm"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('more')}
        </button>
      )}
    </section>
  );
}

function Turn({ item, ticket }: { item: TimelineItem; ticket: Ticket }) {
  if (item.type === 'mailing') return null;
  return item.type === 'message' ? <Said item={item} ticket={ticket} /> : <Happened item={item} />;
}

function Said({ item: { message }, ticket }: { item: MessageItem; ticket: Ticket }) {
  const { t } = useTexts();
  const act = useTicketAct();
  const writes = can(useMe(), 'tickets:write');
  const takeOut = () =>
    act.mutate(
      () =>
        ok(
          api.DELETE('/tickets/{id}/messages/{message_id}', {
            params: { path: { id: ticket.id, message_id: message.id } },
          }),
        ),
      { onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }) },
    );
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
      <When at={message.at} />
      {writes && (
        <span className="tl-act">
          <IconButton icon="x" label={t('ticket.take_out')} className="tight" onClick={takeOut} />
        </span>
      )}
    </>
  );
}

const icons: Record<string, [IconName, string]> = {
  'ticket.solved': ['check', 'ok'],
  'ticket.reopened': ['reopen', 't3'],
  'ticket.opened': ['ticket', 't3'],
  'ticket.changed': ['edit', 't3'],
  'conversation.assigned': ['user', 't3'],
  'conversation.solved': ['check', 't3'],
};

function Happened({ item }: { item: EventItem }) {
  const { t, locale } = useTexts();
  const [icon, colour] = icons[item.kind] ?? ['link', 't3'];
  const customer = item.actor?.kind === 'contact';
  let key = `story.${item.kind}`;
  if (item.kind === 'ticket.opened' && item.data.follows) key = 'story.ticket.follows';
  else if (item.kind === 'ticket.reopened' && customer) key = 'story.ticket.by_reply';
  const values = {
    by: firstName(item.actor?.name ?? 'Sapa'),
    number: typeof item.data.follows === 'string' ? item.data.follows : '',
  };
  const more = item.kind === 'ticket.solved' ? [ticketOf(item)?.remedy ?? ''] : changes(item, t, locale);
  return (
    <>
      <Icon name={icon} size="s" className={colour} />
      <span>{isKey(key) ? <Tx k={key} values={values} /> : item.kind}</span>
      <When at={item.at} />
      {more.filter(Boolean).map((line) => (
        <span key={line} className="t3">
          {line}
        </span>
      ))}
    </>
  );
}

/** "Severity: Normal → High" for each thing that an officer changed. */
function changes(item: EventItem, t: Translate, locale: string): string[] {
  const changed = item.kind === 'ticket.changed' ? item.data.changed : null;
  if (typeof changed !== 'object' || changed === null) return [];
  const words = (field: string, value: unknown): string => {
    if (typeof value !== 'string') return '–';
    if (field === 'due_at') return fullWhen(value, Date.now(), locale);
    const key = field === 'severity' ? `severity.${value}` : field === 'kind' ? `ticket.kind.${value}` : '';
    return isKey(key) ? t(key) : value;
  };
  return Object.entries(changed as Record<string, { from?: unknown; to?: unknown }>).map(([field, of]) => {
    const key = `ticket.field.${field}`;
    const name = isKey(key) ? t(key) : field;
    return 'to' in of ? `${name}: ${words(field, of.from)} → ${words(field, of.to)}` : name;
  });
}
