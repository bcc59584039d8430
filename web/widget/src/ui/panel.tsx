/** The open chat. */

import { useEffect, useRef, useState } from 'preact/hooks';

import type { Chat } from '../chat';
import { wordsOf } from '../messages';
import type { PanelProps } from '../shared';
import { Composer } from './composer';
import { Face, firstName } from './face';
import { Icon, Wordmark } from './icons';
import { Talk } from './talk';

export function Panel({ chat, whole, focus, onClose }: PanelProps) {
  const { state } = chat;
  const words = wordsOf(chat);
  const panel = useRef<HTMLElement>(null);
  const title = state.looks?.title ?? '';

  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
    }
    if (event.key === 'Tab' && whole) keepInside(event, panel.current);
  };
  return (
    <section
      ref={panel}
      class="panel"
      role="dialog"
      aria-modal={whole}
      aria-label={words.dialog(title)}
      lang={state.language}
      onKeyDown={keys}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        chat.attach([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <Head chat={chat} onClose={onClose} />
      <Note chat={chat} />
      <Talk chat={chat} />
      <Composer chat={chat} focus={focus} />
      <div class="made">
        {words.by} <Wordmark />
      </div>
    </section>
  );
}

/** On a phone there is nothing beside the panel to go to. */
function keepInside(event: KeyboardEvent, panel: HTMLElement | null): void {
  const found = panel?.querySelectorAll<HTMLElement>('a[href], button, textarea, [tabindex="0"]');
  if (!found?.length) return;
  const root = panel?.getRootNode() as ShadowRoot;
  const from = event.shiftKey ? found[0] : found[found.length - 1];
  const to = event.shiftKey ? found[found.length - 1] : found[0];
  if (root.activeElement === from) {
    event.preventDefault();
    to?.focus();
  }
}

function Head({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const { state } = chat;
  const words = wordsOf(chat);
  const [menu, setMenu] = useState(false);
  const title = state.looks?.title ?? '';
  const officer = state.messages.filter((message) => message.from === 'officer' && message.name).at(-1)?.name;
  const minutes = state.looks?.reply_time;
  const about = state.lost
    ? words.reconnecting
    : !state.online
      ? words.away
      : minutes
        ? words.replies_in(minutes)
        : words.here;
  const other = state.language === 'id' ? 'en' : 'id';

  return (
    <header>
      <Face name={officer ?? title} from="officer" />
      <div class="who">
        <b>{officer ? words.from(firstName(officer), title) : title}</b>
        <small role="status">
          <span class={`led${state.lost || !state.online ? ' off' : ''}`} />
          {about}
        </small>
      </div>
      <div class="acts">
        <button
          class="ic"
          aria-label={words.options}
          title={words.options}
          aria-haspopup="menu"
          aria-expanded={menu}
          onClick={() => setMenu(!menu)}
        >
          <Icon name="more" />
        </button>
        <button class="ic" aria-label={words.close} title={words.close} onClick={onClose}>
          <Icon name="x" />
        </button>
      </div>
      {menu && (
        <Menu
          onClose={() => setMenu(false)}
          items={[
            [words.other_language, () => chat.setLanguage(other)],
            [words.forget, () => chat.logout()],
          ]}
        />
      )}
    </header>
  );
}

function Menu({ items, onClose }: { items: [string, () => void][]; onClose: () => void }) {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const it = menu.current;
    it?.querySelector('button')?.focus();
    const outside = (event: Event) => {
      if (it && !event.composedPath().includes(it)) onClose();
    };
    // The press that opened it is still on its way up.
    const timer = setTimeout(() => addEventListener('click', outside));
    return () => {
      clearTimeout(timer);
      removeEventListener('click', outside);
    };
  }, []);
  const keys = (event: KeyboardEvent) => {
    const found = [...(menu.current?.querySelectorAll('button') ?? [])];
    const at = found.indexOf(event.target as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowUp: found.length - 1 }[event.key];
    if (step) {
      event.preventDefault();
      found[(at + step) % found.length]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.stopPropagation();
      onClose();
    }
  };
  return (
    <div class="menu" role="menu" ref={menu} onKeyDown={keys}>
      {items.map(([label, act]) => (
        <button
          key={label}
          role="menuitem"
          onClick={() => {
            act();
            onClose();
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function Note({ chat }: { chat: Chat }) {
  const { state } = chat;
  const words = wordsOf(chat);
  if (state.lost) {
    return (
      <div class="info amber" role="status">
        <Icon name="refresh" small />
        <span>{words.lost_note}</span>
      </div>
    );
  }
  if (state.link === 'ready' && !state.online) {
    return (
      <div class="info">
        <Icon name="clock" small />
        <span>{words.away_note}</span>
      </div>
    );
  }
  return null;
}
