import { useState, type KeyboardEvent } from 'react';
import { useCanned, useOfficers } from '../api/queries';
import type { Conversation } from '../api/types';
import { useMe } from '../app/session';
import { useTexts } from '../i18n';
import type { Choice } from './Suggest';
import { replaceTrigger, triggerAt } from './trigger';
import { fillIn } from './variables';

interface Options {
  conversation: Conversation;
  text: string;
  caret: number;
  note: boolean;
  /** Puts in a text and sets the caret. */
  write: (text: string, caret: number) => void;
}

/** Looks up canned answers and colleagues while one types; arrows and Enter choose. */
export function useSuggest({ conversation, text, caret, note, write }: Options) {
  const { t } = useTexts();
  const me = useMe();
  const canned = useCanned().data ?? [];
  const officers = useOfficers().data ?? [];
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState<string | null>(null);
  const trigger = triggerAt(text, caret, note);
  const mark = trigger && `${trigger.kind}${trigger.from}`;
  const query = trigger?.query.toLowerCase() ?? '';
  const values = { name: conversation.contact.name, officer: me.name, number: conversation.number };
  const put = (by: string) => {
    if (!trigger) return;
    const next = replaceTrigger(text, trigger, by);
    write(next.text, next.caret);
    setAt(0);
  };
  let choices: Choice[] = [];
  if (trigger?.kind === 'canned') {
    const hits = canned.filter((one) => `${one.shortcut} ${one.title}`.toLowerCase().includes(query));
    const rank = (shortcut: string) => (shortcut.startsWith(query) ? 0 : 1);
    hits.sort((a, b) => rank(a.shortcut) - rank(b.shortcut));
    choices = hits.slice(0, 30).map((one) => ({
      key: one.id,
      name: `/${one.shortcut}`,
      text: one.text,
      pick: () => put(fillIn(one.text, values)),
    }));
  } else if (trigger?.kind === 'mention') {
    const hits = officers.filter(
      (one) => one.active && one.id !== me.id && one.name.toLowerCase().includes(query),
    );
    choices = hits.map((one) => ({
      key: one.id,
      name: one.name,
      text: t(`role.${one.role}`),
      pick: () => put(`@${one.name.split(' ')[0]} `),
    }));
  }
  const open = choices.length > 0 && closed !== mark;
  const chosen = Math.min(at, choices.length - 1);

  /** True when the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (!open || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return false;
    if (event.key === 'ArrowDown') setAt((chosen + 1) % choices.length);
    else if (event.key === 'ArrowUp') setAt((chosen + choices.length - 1) % choices.length);
    else if (event.key === 'Enter' || event.key === 'Tab') choices[chosen]?.pick();
    else if (event.key === 'Escape') setClosed(mark);
    else return false;
    event.preventDefault();
    return true;
  };
  const title =
    trigger?.kind === 'mention'
      ? t('suggest.colleagues')
      : query
        ? t('suggest.canned_for', { q: query })
        : t('suggest.canned');
  return { open, choices, at: chosen, title, onKey };
}
