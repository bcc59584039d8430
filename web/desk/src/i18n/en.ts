import { bots } from './en/bots';
import { common } from './en/common';
import { composer } from './en/composer';
import { customer } from './en/customer';
import { hub } from './en/hub';
import { inbox } from './en/inbox';
import { keys } from './en/keys';
import { mailings } from './en/mailings';
import { pages } from './en/pages';
import { segments } from './en/segments';
import { settings } from './en/settings';
import { shell } from './en/shell';
import { thread } from './en/thread';
import { ticket } from './en/ticket';

export const en = {
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

export type Key = keyof typeof en;
