/** The conversation. It stays where one reads: only who is at the end is moved by what is new. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { Chat } from '../chat';
import { wordsOf } from '../messages';
import { choices, groups, type Group } from '../rows';
import { dayLabel, timeLabel } from '../time';
import type { Waiting } from '../types';
import { Bubble } from './bubble';
import { Face, firstName } from './face';
import { Icon } from './icons';
import { Start } from './start';

const NEAR = 48;

export function Talk({ chat }: { chat: Chat }) {
  const { state } = chat;
  const words = wordsOf(chat);
  const { messages, waiting } = state;
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const before = useRef({ first: '', height: 0 });
  const [fresh, setFresh] = useState(false);
  const first = messages[0]?.id ?? '';
  const newest = waiting.at(-1)?.id ?? messages.at(-1)?.id ?? '';

  const toEnd = () => {
    box.current?.scrollTo(0, box.current.scrollHeight);
  };
  const scrolled = () => {
    const it = box.current;
    if (!it) return;
    atEnd.current = it.scrollHeight - it.scrollTop - it.clientHeight < NEAR;
    chat.reading(atEnd.current);
    if (atEnd.current) setFresh(false);
    if (it.scrollTop < 80) chat.earlier();
  };

  // Earlier messages come in above what is read; it must not move.
  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return;
    if (atEnd.current) toEnd();
    else if (first !== before.current.first) it.scrollTop += it.scrollHeight - before.current.height;
    before.current = { first, height: it.scrollHeight };
  });
  useEffect(() => {
    const own = waiting.some((entry) => entry.id === newest);
    if (own) atEnd.current = true;
    if (atEnd.current) toEnd();
    else if (messages.at(-1)?.from !== 'visitor') setFresh(true);
  }, [newest]);
  useEffect(() => {
    const it = box.current;
    if (!it) return;
    // Pictures come late, and a keyboard makes the panel lower.
    const watch = new ResizeObserver(() => atEnd.current && toEnd());
    watch.observe(it);
    if (it.firstElementChild) watch.observe(it.firstElementChild);
    chat.reading(true);
    return () => {
      watch.disconnect();
      chat.reading(false);
    };
  }, []);

  const all = groups(messages);
  const lastOwn = messages.filter((message) => message.from === 'visitor').at(-1);
  const silent = !messages.length && !waiting.length;
  return (
    <div class="talk-frame">
      <div
        class="talk"
        ref={box}
        onScroll={scrolled}
        tabIndex={0}
        role="log"
        aria-live="polite"
        aria-label={words.dialog(state.looks?.title ?? '')}
      >
        <div>
          {silent && <Start chat={chat} />}
          {all.map((group) => (
            <Spoken key={group.key} chat={chat} group={group} lastOwn={lastOwn?.id ?? ''} />
          ))}
          {waiting.map((entry, index) => (
            <Unsent key={entry.id} chat={chat} entry={entry} first={index === 0} />
          ))}
          <Choices chat={chat} />
          {state.typing !== null && (
            <div class="in typing">
              <Face name={state.typing} from="officer" small />
              <div class="say last">
                <span class="dots" role="img" aria-label={words.typing(firstName(state.typing))}>
                  <i />
                  <i />
                  <i />
                </span>
              </div>
            </div>
          )}
        </div>
      </div>
      {state.loading && (
        <div class="loading" role="status">
          {words.earlier}
        </div>
      )}
      {fresh && (
        <button class="fresh" onClick={toEnd}>
          {words.fresh}
          <Icon name="down" small />
        </button>
      )}
    </div>
  );
}

function Spoken({ chat, group, lastOwn }: { chat: Chat; group: Group; lastOwn: string }) {
  const { state } = chat;
  const words = wordsOf(chat);
  const day = group.day && <div class="day">{dayLabel(group.day, state.language, words)}</div>;
  if (group.from === 'visitor') {
    return (
      <>
        {day}
        {group.messages.map((message) => (
          <>
            <div class="me" key={message.client_id ?? message.id}>
              <Bubble chat={chat} {...message} />
            </div>
            {message.id === lastOwn && (
              <Arrived chat={chat} read={message.seq <= state.officersRead} at={message.at} />
            )}
          </>
        ))}
      </>
    );
  }
  const bot = group.from === 'bot';
  const name = group.name ?? (bot ? words.a_bot : words.an_officer);
  const by = group.name === null ? name : bot ? words.bot(firstName(name)) : words.officer(firstName(name));
  return (
    <>
      {day}
      <div class="by">{by}</div>
      <div class="in">
        <Face name={name} from={group.from} small />
        <div class="stack">
          {group.messages.map((message, index) => (
            <Bubble key={message.id} chat={chat} {...message} last={index === group.messages.length - 1} />
          ))}
        </div>
      </div>
    </>
  );
}

function Arrived({ chat, read, at }: { chat: Chat; read: boolean; at: string }) {
  const words = wordsOf(chat);
  return (
    <div class="st">
      {read ? words.read_at(timeLabel(at)) : words.got_at(timeLabel(at))}
      <Icon name={read ? 'checks' : 'check'} />
    </div>
  );
}

function Unsent({ chat, entry, first }: { chat: Chat; entry: Waiting; first: boolean }) {
  const { state } = chat;
  const words = wordsOf(chat);
  const { failed } = entry;
  const going = state.link === 'ready';
  const why = going ? (state.tooFast && first ? words.later : words.sending) : words.waiting;
  return (
    <>
      <div class="me">
        <Bubble chat={chat} text={entry.text} files={entry.files} faint />
      </div>
      {failed ? (
        <div class="st bad">
          <Icon name="alert" />
          {failed === 'too_long' ? words.too_long : words.not_sent}
          <button class="link" onClick={() => chat.sayAgain(entry.id)}>
            {words.again}
          </button>
          <button class="link" onClick={() => chat.unsay(entry.id)}>
            {words.remove}
          </button>
        </div>
      ) : (
        <div class="st wait">
          {why}
          <Icon name="clock" />
        </div>
      )}
    </>
  );
}

function Choices({ chat }: { chat: Chat }) {
  const labels = choices(chat.state.messages, chat.state.waiting.length);
  if (!labels.length) return null;
  return (
    <div class="qr">
      {labels.map((label) => (
        <button key={label} onClick={() => chat.say(label)}>
          {label}
        </button>
      ))}
    </div>
  );
}
