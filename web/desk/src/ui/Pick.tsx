import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';

/** A menu under its button, in the desk's clothes. */
export function Pick({
  target,
  children,
  width = 220,
  position = 'bottom-end',
  opened,
  onChange,
}: {
  target: ReactNode;
  children: ReactNode;
  width?: number;
  position?: 'bottom-end' | 'bottom-start' | 'top-end' | 'top-start';
  opened?: boolean;
  onChange?: (opened: boolean) => void;
}) {
  return (
    <Menu
      width={width}
      position={position}
      opened={opened}
      onChange={onChange}
      // It closes at once: a menu that fades away still has the keyboard, and would swallow the next key.
      transitionProps={{ duration: 120, exitDuration: 0 }}
      returnFocus
      classNames={{ dropdown: 'menu', item: 'menu-item', label: 'menu-label', divider: 'menu-line' }}
    >
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
Pick.Item = Menu.Item;
Pick.Label = Menu.Label;
Pick.Line = Menu.Divider;
