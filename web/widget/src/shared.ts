/** What the two scripts of the widget share. The panel is fetched when it is first wanted, so that a page of the
 * shop loads no more than its visitors use. */

import type { ComponentType, options, Fragment } from 'preact';

import type { Chat } from './chat';

export interface PanelProps {
  chat: Chat;
  /** It covers the page: a phone. */
  whole: boolean;
  focus: boolean;
  onClose: () => void;
}

export interface Shared {
  /** The one Preact of both. */
  preact: { options: typeof options; Fragment: typeof Fragment };
  /** Told by the panel's script. */
  ready: (panel: ComponentType<PanelProps>, css: string) => void;
}

declare global {
  interface Window {
    sapaWidget?: Shared;
  }
  /** The panel's file beside the script's own, with its version. */
  const PANEL_FILE: string;
}

let asked = false;

/** Fetches the panel, once; after a failure, again when it is wanted again. */
export function fetchPanel(base: string): void {
  if (asked) return;
  asked = true;
  const script = document.createElement('script');
  script.src = `${base}/${PANEL_FILE}`;
  script.async = true;
  script.onerror = () => {
    asked = false;
    script.remove();
  };
  document.head.append(script);
}
