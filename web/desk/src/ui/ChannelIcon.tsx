import { isKey, useT } from '../i18n';
import { Icon } from './Icon';
import type { IconName } from './Sprite';

const looks: Record<string, [IconName, string]> = {
  email: ['mail', 'mail'],
  telegram: ['plane', 'tg'],
  webchat: ['chat', 'chat'],
  phone: ['phone', 't3'],
  customer: ['user', 't3'],
};

/** The channel's drawing in its colour; an unknown kind is a plain chat. */
export function ChannelIcon({ kind, size, said }: { kind: string; size?: 's' | 'xs'; said?: boolean }) {
  const name = useKindName()(kind);
  const [icon, colour] = looks[kind] ?? ['chat', 't3'];
  return <Icon name={icon} size={size} className={colour} label={said ? name : undefined} />;
}

/** What a kind of channel is called. */
export function useKindName(): (kind: string) => string {
  const t = useT();
  return (kind) => {
    const key = `kind.${kind}`;
    return isKey(key) ? t(key) : kind;
  };
}
