import { useTexts, type Key } from '../i18n';
import { exactWhen } from '../lib/time';
import { useKindName } from '../ui/ChannelIcon';
import type { IconName } from '../ui/Sprite';
import { kindOf, type Leaf, type When } from './tree';

const icons: Record<string, IconName> = {
  name: 'user',
  language: 'chat',
  city: 'pin',
  company: 'users',
  timezone: 'clock',
  field: 'braces',
  tag: 'tag',
  consent: 'check',
  reachable: 'send',
  first_seen: 'clock',
  last_contact: 'chat',
  tickets: 'ticket',
  open_conversation: 'inbox',
};

export function iconOf(leaf: Leaf): IconName {
  return icons[kindOf(leaf)] ?? 'filter';
}

/** What may be asked, in the order of the menu. */
export const kinds: { kind: string; label: Key }[] = [
  { kind: 'city', label: 'cond.city' },
  { kind: 'tag', label: 'cond.tag' },
  { kind: 'field', label: 'cond.field' },
  { kind: 'language', label: 'cond.language' },
  { kind: 'company', label: 'cond.company' },
  { kind: 'name', label: 'cond.name' },
  { kind: 'timezone', label: 'cond.timezone' },
  { kind: 'consent', label: 'cond.consent' },
  { kind: 'reachable', label: 'cond.reachable' },
  { kind: 'last_contact', label: 'cond.last_contact' },
  { kind: 'first_seen', label: 'cond.first_seen' },
  { kind: 'tickets', label: 'cond.tickets' },
  { kind: 'open_conversation', label: 'cond.open_conversation' },
];

/** A condition in tokens: what is asked, how, and of what; `op` ones are the words between. */
export function useLeafTokens(): (leaf: Leaf) => { text: string; op?: boolean }[] {
  const { t, locale } = useTexts();
  const kindName = useKindName();
  const time = (when: When): { text: string; op?: boolean }[] => {
    const op = { text: t(`op.${when.op}`), op: true };
    if (when.op === 'never') return [op];
    if ('at' in when) {
      return [op, { text: exactWhen(when.at, locale).split(',')[0] ?? when.at }];
    }
    const after = when.op === 'within_days' ? 'op.days' : 'op.days_ago';
    return [op, { text: `${when.days} ${t(after)}` }];
  };
  return (leaf) => {
    switch (leaf.type) {
      case 'profile':
      case 'field': {
        const values = leaf.values ?? [];
        const rest = values.length > 0 ? [{ text: values.join(', ') }] : [];
        const key = leaf.type === 'field' ? [{ text: leaf.key }] : [];
        return [...key, { text: t(`op.${leaf.op}`), op: true }, ...rest];
      }
      case 'tag':
        return [{ text: t(leaf.has ? 'op.has' : 'op.has_not'), op: true }, { text: leaf.tag }];
      case 'first_seen':
        return time(leaf.when);
      case 'last_contact':
        return [{ text: t(`direction.${leaf.direction}`) }, ...time(leaf.when)];
      case 'consent':
        return [{ text: kindName(leaf.kind) }, { text: t(`agreed.${leaf.state}`) }];
      case 'reachable':
        return [{ text: kindName(leaf.kind) }, { text: t(leaf.verified ? 'reach.verified' : 'reach.any') }];
      case 'tickets':
        return [
          { text: t('op.at_least'), op: true },
          { text: String(leaf.at_least) },
          { text: leaf.status ? t(`tix.${leaf.status}`) : t('tix.any_status') },
          { text: leaf.kind ? t(`tix.${leaf.kind}`) : t('tix.any_kind') },
          ...(leaf.within_days
            ? [{ text: t('op.within_days'), op: true }, { text: `${leaf.within_days} ${t('op.days')}` }]
            : []),
        ];
      case 'open_conversation':
        return [{ text: t(leaf.has ? 'talk.open' : 'talk.none') }];
    }
  };
}
