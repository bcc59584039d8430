import type { Frame, Present } from './frames';

export type LiveStatus = 'connecting' | 'catching' | 'live' | 'offline';

export interface LiveState {
  status: LiveStatus;
  /** The newest event seen, or that what is shown was read after. */
  seq: number;
  /** Since when the line is down. */
  downSince: number | null;
  online: number | null;
  presence: Record<string, Present[]>;
  typing: Record<string, true>;
}

export type LiveAction =
  | { type: 'opened' }
  | { type: 'closed'; at: number }
  | { type: 'frame'; frame: Frame }
  | { type: 'typing_ended'; conversation_id: string };

/** The live connection of a desk that shows what was read after an event. */
export function start(seq: number): LiveState {
  return { status: 'connecting', seq, downSince: null, online: null, presence: {}, typing: {} };
}

/** The next state of the live connection. */
export function reduce(state: LiveState, action: LiveAction): LiveState {
  switch (action.type) {
    case 'opened':
      return { ...state, status: state.downSince ? 'catching' : 'connecting', presence: {}, typing: {} };
    case 'closed':
      return {
        ...state,
        status: 'offline',
        downSince: state.downSince ?? action.at,
        presence: {},
        typing: {},
      };
    case 'typing_ended':
      return { ...state, typing: without(state.typing, action.conversation_id) };
    case 'frame':
      return heard(state, action.frame);
  }
}

function heard(state: LiveState, frame: Frame): LiveState {
  switch (frame.type) {
    case 'ready':
    case 'reload':
      return { ...state, status: 'live', seq: frame.seq, downSince: null };
    case 'event': {
      const seq = Math.max(state.seq, frame.event.seq);
      const id = frame.event.conversation_id;
      const typing = frame.event.kind === 'message.received' && id ? without(state.typing, id) : state.typing;
      return { ...state, seq, typing };
    }
    case 'presence':
      return { ...state, presence: { ...state.presence, [frame.conversation_id]: frame.officers } };
    case 'customer_typing':
      return {
        ...state,
        typing: frame.on
          ? { ...state.typing, [frame.conversation_id]: true }
          : without(state.typing, frame.conversation_id),
      };
    case 'online':
      return { ...state, online: frame.count };
    default:
      return state;
  }
}

function without(typing: Record<string, true>, id: string): Record<string, true> {
  if (!(id in typing)) return typing;
  const { [id]: _gone, ...rest } = typing;
  return rest;
}
