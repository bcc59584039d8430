import type { Key } from '../i18n';
import type { IconName } from '../ui/Sprite';

export type ActionGroup = 'conversation' | 'write' | 'move' | 'go' | 'help';

interface ActionSpec {
  title: Key;
  icon: IconName;
  group: ActionGroup;
  /** Keys pressed together are joined by +, one after the other by a space. */
  keys: string;
  /** Cannot be bound anew. */
  fixed?: boolean;
}

export const actions = {
  reply: { title: 'act.reply', icon: 'send', group: 'conversation', keys: 'r' },
  note: { title: 'act.note', icon: 'lock', group: 'conversation', keys: 'n' },
  solve: { title: 'act.solve', icon: 'check', group: 'conversation', keys: 'e' },
  assign: { title: 'act.assign', icon: 'user', group: 'conversation', keys: 'a' },
  snooze: { title: 'act.snooze', icon: 'snooze', group: 'conversation', keys: 's' },
  ticket: { title: 'act.ticket', icon: 'ticket', group: 'conversation', keys: 't' },
  label: { title: 'act.label', icon: 'tag', group: 'conversation', keys: 'l' },
  unread: { title: 'act.unread', icon: 'ring', group: 'conversation', keys: 'u' },
  customer: { title: 'act.customer', icon: 'cols', group: 'conversation', keys: 'i' },
  select: { title: 'act.select', icon: 'check', group: 'conversation', keys: 'x' },
  undo: { title: 'act.undo', icon: 'reopen', group: 'conversation', keys: 'z' },
  new: { title: 'act.new', icon: 'plus', group: 'write', keys: 'c' },
  send: { title: 'act.send', icon: 'send', group: 'write', keys: 'ctrl+enter', fixed: true },
  send_solve: {
    title: 'act.send_solve',
    icon: 'check',
    group: 'write',
    keys: 'ctrl+shift+enter',
    fixed: true,
  },
  next: { title: 'act.next', icon: 'down', group: 'move', keys: 'j' },
  previous: { title: 'act.previous', icon: 'up', group: 'move', keys: 'k' },
  search: { title: 'act.search', icon: 'search', group: 'move', keys: '/' },
  palette: { title: 'act.palette', icon: 'menu', group: 'move', keys: 'ctrl+k', fixed: true },
  go_mine: { title: 'folder.mine', icon: 'user', group: 'go', keys: 'g m' },
  go_unassigned: { title: 'folder.unassigned', icon: 'ring', group: 'go', keys: 'g u' },
  go_open: { title: 'folder.open', icon: 'inbox', group: 'go', keys: 'g o' },
  go_mentions: { title: 'folder.mentions', icon: 'at', group: 'go', keys: 'g a' },
  go_waiting: { title: 'folder.waiting', icon: 'clock', group: 'go', keys: 'g w' },
  go_snoozed: { title: 'folder.snoozed', icon: 'snooze', group: 'go', keys: 'g s' },
  go_solved: { title: 'folder.solved', icon: 'check', group: 'go', keys: 'g d' },
  go_tickets: { title: 'nav.tickets', icon: 'ticket', group: 'go', keys: 'g t' },
  go_contacts: { title: 'nav.contacts', icon: 'users', group: 'go', keys: 'g c' },
  go_settings: { title: 'nav.settings', icon: 'gear', group: 'go', keys: 'g e' },
  keys: { title: 'act.keys', icon: 'keyb', group: 'help', keys: '?' },
} as const satisfies Record<string, ActionSpec>;

export type ActionId = keyof typeof actions;
export const actionIds = Object.keys(actions) as ActionId[];
export const specOf = (id: ActionId): ActionSpec => actions[id];

/** What an officer chose: other keys for actions, and whether letters do anything. */
export interface KeyChoice {
  lettersOff: boolean;
  bound: Partial<Record<ActionId, string>>;
}

export function keyChoice(preferences: Record<string, unknown>): KeyChoice {
  const bound = preferences.keys;
  return {
    lettersOff: preferences.letters_off === true,
    bound: typeof bound === 'object' && bound !== null ? (bound as KeyChoice['bound']) : {},
  };
}

export function keysOf(id: ActionId, choice: KeyChoice): string {
  const spec = specOf(id);
  return spec.fixed ? spec.keys : (choice.bound[id] ?? spec.keys);
}

/** The press in our notation: `ctrl+shift+enter`, `j`, `?`. Null for a modifier alone. */
export function pressOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>) {
  if (event.altKey || ['Control', 'Shift', 'Meta', 'Alt'].includes(event.key)) return null;
  const key = event.key === 'Escape' ? 'esc' : event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return `ctrl+${event.shiftKey ? 'shift+' : ''}${key}`;
  return key.length === 1 || key === 'enter' || key === 'esc' ? key : null;
}

/** Which action a press means, after the press before it; `wait` when it begins a sequence. */
export function meaningOf(press: string, before: string | null, choice: KeyChoice): ActionId | 'wait' | null {
  const letters = !press.startsWith('ctrl+');
  if (letters && choice.lettersOff) return null;
  const whole = before ? `${before} ${press}` : press;
  const hit = actionIds.find((id) => keysOf(id, choice) === whole);
  if (hit) return hit;
  if (!before && actionIds.some((id) => keysOf(id, choice).startsWith(`${press} `))) return 'wait';
  return null;
}
