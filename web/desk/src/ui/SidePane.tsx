import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';

/** A pane that slides in from a side where there is no room for it. */
export function SidePane({
  opened,
  onClose,
  side,
  size,
  label,
  still,
  children,
}: {
  opened: boolean;
  onClose: () => void;
  side: 'left' | 'right';
  size: number | string;
  label: string;
  /** Without motion, where the pane takes the whole screen. */
  still?: boolean;
  children: ReactNode;
}) {
  return (
    <Drawer.Root
      opened={opened}
      onClose={onClose}
      position={side}
      size={size}
      transitionProps={{ duration: still ? 0 : 200 }}
    >
      <Drawer.Overlay />
      <Drawer.Content className="drawer-body" aria-label={label}>
        {children}
      </Drawer.Content>
    </Drawer.Root>
  );
}
