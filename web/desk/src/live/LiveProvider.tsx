import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { keys } from '../api/keys';
import type { LiveEvent } from '../api/types';
import { readFrame, type Frame, type Said } from './frames';
import { reduce, start, type LiveAction, type LiveState } from './reducer';
import { Refresher } from './refresh';
import { LiveSocket } from './socket';
import { touchedBy } from './touched';

/** The live connection as the desk's components see it. */
class Live {
  state: LiveState;
  private readonly listeners = new Set<() => void>();
  private readonly hearers = new Set<(event: LiveEvent) => void>();
  private viewing: string | null = null;
  socket: LiveSocket | null = null;

  constructor(since: number) {
    this.state = start(since);
  }
  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  readonly hear = (hearer: (event: LiveEvent) => void) => {
    this.hearers.add(hearer);
    return () => void this.hearers.delete(hearer);
  };
  tell(event: LiveEvent): void {
    this.hearers.forEach((hearer) => hearer(event));
  }
  dispatch(action: LiveAction): void {
    this.state = reduce(this.state, action);
    this.listeners.forEach((listener) => listener());
  }
  readonly say = (what: Said) => this.socket?.say(what);
  readonly view = (conversation: string | null) => {
    this.viewing = conversation;
    this.say({ type: 'viewing', conversation_id: conversation });
  };
  greet(): void {
    this.say({ type: 'hello', since: this.state.seq });
    if (this.viewing) this.say({ type: 'viewing', conversation_id: this.viewing });
  }
}

const Context = createContext<Live>(new Live(0));
const TYPING_LASTS = 8000;

interface Props {
  me: string;
  /** The newest event when the desk was opened: what is shown was read after it. */
  since: number;
  onSignedOut: () => void;
  children: ReactNode;
}

export function LiveProvider({ me, since, onSignedOut, children }: Props) {
  const client = useQueryClient();
  const [live] = useState(() => new Live(since));
  useEffect(() => {
    const refresher = new Refresher(client, me);
    const typing = new Map<string, ReturnType<typeof setTimeout>>();
    let replaying = true;
    const hear = (frame: Frame) => {
      live.dispatch({ type: 'frame', frame });
      if (frame.type === 'event') {
        refresher.add(touchedBy(frame.event));
        if (!replaying) live.tell(frame.event);
      }
      if (frame.type === 'reload') void client.invalidateQueries();
      if (frame.type === 'ready' || frame.type === 'reload') replaying = false;
      if (frame.type === 'customer_typing') {
        const id = frame.conversation_id;
        clearTimeout(typing.get(id));
        const over = () => live.dispatch({ type: 'typing_ended', conversation_id: id });
        if (frame.on) typing.set(id, setTimeout(over, TYPING_LASTS));
      }
    };
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;
    live.socket = new LiveSocket(url, {
      opened: () => {
        replaying = true;
        live.dispatch({ type: 'opened' });
        live.greet();
      },
      closed: () => live.dispatch({ type: 'closed', at: Date.now() }),
      text: (text) => {
        const frame = readFrame(text);
        if (frame) hear(frame);
      },
      signedOut: onSignedOut,
    });
    return () => {
      live.socket?.end();
      refresher.end();
      typing.forEach((timer) => clearTimeout(timer));
    };
  }, [client, live, me, onSignedOut]);
  useQueriesWhenBack(live);
  return <Context.Provider value={live}>{children}</Context.Provider>;
}

/** Counts drift while the line is down: they are read anew when it is back. */
function useQueriesWhenBack(live: Live): void {
  const client = useQueryClient();
  const status = useSyncExternalStore(live.subscribe, () => live.state.status);
  useEffect(() => {
    if (status === 'live') void client.invalidateQueries({ queryKey: keys.counts });
  }, [client, status]);
}

export function useLive<T>(select: (state: LiveState) => T): T {
  const live = useContext(Context);
  return useSyncExternalStore(live.subscribe, () => select(live.state));
}

export function useLiveLine(): Pick<Live, 'say' | 'view' | 'hear'> {
  return useContext(Context);
}
