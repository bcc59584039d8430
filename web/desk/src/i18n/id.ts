import { bots } from './id/bots';
import { common } from './id/common';
import { composer } from './id/composer';
import { customer } from './id/customer';
import { hub } from './id/hub';
import { inbox } from './id/inbox';
import { keys } from './id/keys';
import { mailings } from './id/mailings';
import { pages } from './id/pages';
import { segments } from './id/segments';
import { settings } from './id/settings';
import { shell } from './id/shell';
import { thread } from './id/thread';
import { ticket } from './id/ticket';
import type { Key } from './en';

export const id: Record<Key, string> = {
  ...bots,
  ...common,
  ...composer,
  ...customer,
  ...hub,
  ...inbox,
  ...keys,
  ...mailings,
  ...pages,
  ...segments,
  ...settings,
  ...shell,
  ...thread,
  ...ticket,
};
