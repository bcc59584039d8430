/** The chat widget that a shop puts into its pages. */

import { Fragment, options as preactOptions, render, type ComponentType } from 'preact';

import { shades } from './accent';
import { Chat } from './chat';
import { setup, type Options } from './options';
import css from './launcher.css?inline';
import { fetchPanel, type PanelProps } from './shared';
import { Launcher, PHONE } from './ui/launcher';

declare global {
  interface Window {
    SapaChat?: Options & Partial<Api>;
  }
}

export interface Api {
  /** Says who the customer is, by a token that the shop's server signed. */
  identify(token: string): void;
  open(): void;
  close(): void;
  /** Forgets the customer and what was said. */
  logout(): void;
}

function begin(script: HTMLScriptElement): void {
  const given = window.SapaChat ?? {};
  const options = setup(script, given);
  if (!options || document.querySelector('sapa-chat')) return;

  const host = document.createElement('sapa-chat');
  const root = host.attachShadow({ mode: 'open' });
  const wear = (css: string) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets.push(sheet);
  };
  wear(css);
  document.body.append(host);

  const chat = new Chat(options);
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const dress = () => {
    const dark = options.theme ? options.theme === 'dark' : prefersDark.matches;
    host.classList.toggle('dark', dark);
    const accent = shades(chat.state.looks?.accent ?? '', dark);
    for (const [name, value] of Object.entries(accent)) host.style.setProperty(name, value);
  };
  prefersDark.addEventListener('change', dress);
  let looks = chat.state.looks;
  chat.watch(() => {
    if (looks !== chat.state.looks) dress();
    looks = chat.state.looks;
    remember(options.site, chat.state.open);
  });
  dress();
  // A keyboard on a phone covers the lower half; the panel is as high as what is left.
  const view = window.visualViewport;
  const fit = () => host.style.setProperty('--vh', `${view?.height ?? innerHeight}px`);
  view?.addEventListener('resize', fit);
  fit();

  if (!matchMedia(PHONE).matches && wasOpen(options.site)) chat.show(true);
  let panel: ComponentType<PanelProps> | null = null;
  const draw = () => render(<Launcher chat={chat} base={options.base} panel={panel} />, root);
  window.sapaWidget = {
    preact: { options: preactOptions, Fragment },
    ready(arrived, css) {
      wear(css);
      panel = arrived;
      draw();
    },
  };
  draw();
  // Who has talked before may want to again when there is no connection to fetch it by.
  if (chat.known) (window.requestIdleCallback ?? setTimeout)(() => fetchPanel(options.base));

  const api: Api = {
    identify: (token) => chat.identify(token),
    open: () => chat.show(true),
    close: () => chat.show(false),
    logout: () => chat.logout(),
  };
  window.SapaChat = Object.assign(given, api);
}

/** The panel stays open from one page of the shop to the next. */
function remember(site: string, open: boolean): void {
  try {
    sessionStorage.setItem(`sapa.${site}.open`, open ? '1' : '');
  } catch {
    // Then it does not.
  }
}

function wasOpen(site: string): boolean {
  try {
    return sessionStorage.getItem(`sapa.${site}.open`) === '1';
  } catch {
    return false;
  }
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  if (document.body) begin(script);
  else addEventListener('DOMContentLoaded', () => begin(script));
}
