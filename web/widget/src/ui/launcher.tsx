/** The launcher, and the panel or the teaser above it. */

import { Component, createRef, type ComponentType } from 'preact';

import type { Chat } from '../chat';
import { launcherWords } from '../language';
import { fetchPanel, type PanelProps } from '../shared';

export const PHONE = '(max-width: 520px), (max-height: 480px)';

const CHAT =
  'M2.5 8c0-2.9 2.4-5 5.5-5s5.5 2.1 5.5 5-2.4 5-5.5 5c-.8 0-1.6-.15-2.3-.4L2.75 13.25l.7-2.3A4.7 4.7 0 0 1 2.5 8Z';
const DOWN = 'm4.5 6.25 3.5 3.5 3.5-3.5';
const CROSS = 'm4 4 8 8M12 4l-8 8';

function Icon({ path }: { path: string }) {
  return (
    <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

interface Props {
  chat: Chat;
  base: string;
  panel: ComponentType<PanelProps> | null;
}

export class Launcher extends Component<Props> {
  #button = createRef<HTMLButtonElement>();
  #pressed = false;
  #unwatch = () => {};

  override componentDidMount(): void {
    this.#unwatch = this.props.chat.watch(() => this.forceUpdate());
  }

  override componentWillUnmount(): void {
    this.#unwatch();
  }

  override componentDidUpdate(): void {
    const { chat } = this.props;
    const count = chat.unread.length;
    const bare = document.title.replace(/^\(\d+\) /, '');
    const title = count ? `(${count}) ${bare}` : bare;
    if (document.title !== title) document.title = title;
    // The page behind a chat that covers it does not scroll.
    const covered = chat.state.open && matchMedia(PHONE).matches ? 'hidden' : '';
    const page = document.documentElement.style;
    if (covered || page.overflow === 'hidden') page.overflow = covered;
  }

  #press(open: boolean): void {
    this.#pressed = open;
    this.props.chat.show(open);
    if (!open) requestAnimationFrame(() => this.#button.current?.focus());
  }

  override render({ chat, base, panel: Panel }: Props) {
    const { open, looks, language, teased } = chat.state;
    if (!looks) return null;
    const words = launcherWords[language];
    const unread = chat.unread;
    const count = unread.length;
    const tease = open || teased ? undefined : unread.at(-1);
    const fetch = () => fetchPanel(base);
    if (open || count) fetch();
    return (
      <div class={open ? 'dock open' : 'dock'}>
        {open && Panel && (
          <Panel
            chat={chat}
            whole={matchMedia(PHONE).matches}
            focus={this.#pressed}
            onClose={() => this.#press(false)}
          />
        )}
        {tease && (
          <div class="tease" lang={language}>
            <button class="text" onClick={() => this.#press(true)}>
              <b>{words.answered(tease.name?.split(' ')[0] ?? words.somebody)}</b>
              <span>{tease.text || tease.files[0]?.name}</span>
            </button>
            <button class="ic" aria-label={words.dismiss} onClick={() => chat.dismissTease()}>
              <Icon path={CROSS} />
            </button>
          </div>
        )}
        <button
          ref={this.#button}
          class="launcher"
          lang={language}
          aria-label={open ? words.close : count ? `${words.open}, ${words.unread(count)}` : words.open}
          aria-expanded={open}
          onPointerEnter={fetch}
          onFocus={fetch}
          onClick={() => this.#press(!open)}
        >
          <Icon path={open ? DOWN : CHAT} />
          {!open && count > 0 && <span class="n">{count > 99 ? '99+' : count}</span>}
        </button>
      </div>
    );
  }
}
