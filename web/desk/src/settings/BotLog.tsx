import { Select } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Bot, BotTurn, TurnState } from '../api/types';
import { useT } from '../i18n';
import { hubWords } from '../i18n/hub';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';
import { Listing } from './Listing';

const states: TurnState[] = [
  'answered',
  'handed_over',
  'waiting',
  'queued',
  'calling',
  'timed_out',
  'failed',
  'dropped',
];
const tone: Partial<Record<TurnState, string>> = {
  answered: 'green',
  handed_over: '',
  failed: 'red',
  timed_out: 'red',
};

/** How long a turn took, in words. */
function took(turn: BotTurn): string {
  const ms = new Date(turn.ended_at ?? 0).getTime() - new Date(turn.called_at ?? 0).getTime();
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Each time that a bot was asked, what it did, and what went wrong. */
export function BotLog({ bot, onClose }: { bot: Bot; onClose: () => void }) {
  const t = useT();
  const [state, setState] = useState<TurnState | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const query = useInfiniteQuery({
    queryKey: keys.botTurns(bot.id, state),
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/bots/{id}/turns', {
          params: {
            path: { id: bot.id },
            query: { state: state ?? undefined, cursor: pageParam, limit: 30 },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 5000,
  });
  const turns = query.data?.pages.flatMap((page) => page.items as BotTurn[]);
  return (
    <Dialog title={t('bots.log_of', { name: bot.name })} size={760} onClose={onClose}>
      <Select
        aria-label={t('bots.log_state')}
        placeholder={t('bots.log_all')}
        clearable
        data={states.map((one) => ({ value: one, label: t(`turn.${one}`) }))}
        value={state}
        onChange={(value) => setState(value as TurnState | null)}
      />
      <Listing
        query={{ data: turns, error: query.error, refetch: () => query.refetch() }}
        icon="bot"
        empty={t(state ? 'bots.log_none_filter' : 'bots.log_none')}
      >
        {(items) => (
          <ul>
            {items.map((turn) => (
              <Turn
                key={turn.id}
                bot={bot}
                turn={turn}
                open={open === turn.id}
                onOpen={() => setOpen(open === turn.id ? null : turn.id)}
              />
            ))}
          </ul>
        )}
      </Listing>
      {query.hasNextPage && (
        <Button small busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('bots.log_more')}
        </Button>
      )}
    </Dialog>
  );
}

function Turn({ bot, turn, open, onOpen }: { bot: Bot; turn: BotTurn; open: boolean; onOpen: () => void }) {
  const t = useT();
  const facts = [
    turn.said > 0 && t('bots.said', { n: turn.said }),
    turn.called_at && turn.ended_at && t('bots.log_took', { time: took(turn) }),
    turn.attempts > 1 && t('bots.log_tries', { n: turn.attempts }),
  ].filter(Boolean);
  return (
    <li className="turn">
      <div className="row start">
        <div className="grow min0">
          <div className="row gap2">
            <b className="cut">{turn.contact_name}</b>
            <span className="t3 sm nowrap">
              <When at={turn.created_at} full />
            </span>
          </div>
          <div className="t2 breaks">{turn.said_by_customer}</div>
        </div>
        <span className={`chip ${tone[turn.state] ?? 'line'}`}>{t(`turn.${turn.state}`)}</span>
        <IconButton
          icon={open ? 'up' : 'down'}
          label={t('bots.log_details')}
          aria-expanded={open}
          onClick={onOpen}
        />
      </div>
      {turn.error && <p className="sm bad breaks">{hubWords(turn.error, t)}</p>}
      {facts.length > 0 && <p className="t3 sm num">{facts.join(' · ')}</p>}
      {open && <Details bot={bot} turn={turn} />}
    </li>
  );
}

/** JSON laid out for reading, as far as it is whole. */
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Details({ bot, turn }: { bot: Bot; turn: BotTurn }) {
  const t = useT();
  const query = useQuery({
    queryKey: keys.botTurn(turn.id),
    queryFn: () =>
      ok(api.GET('/bots/{id}/turns/{turn_id}', { params: { path: { id: bot.id, turn_id: turn.id } } })),
  });
  if (!query.data) return <LineSkeletons count={3} />;
  const { request, response } = query.data;
  return (
    <div className="stack turn-details">
      <h3>{t('bots.log_request')}</h3>
      <pre className="detail">{request ? laidOut(request) : t('bots.log_nothing')}</pre>
      <h3>{t('bots.log_response')}</h3>
      <pre className="detail">{response ? laidOut(response) : t('bots.log_nothing')}</pre>
      <Link
        className="btn small"
        to="/inbox/$folder/$conversationId"
        params={{ folder: 'all', conversationId: turn.conversation_id }}
      >
        {t('bots.log_open')} #{turn.conversation_number}
      </Link>
    </div>
  );
}
