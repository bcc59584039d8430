import type { ComponentPropsWithRef } from 'react';
import { Icon } from './Icon';
import type { IconName } from './Sprite';

interface ButtonProps extends ComponentPropsWithRef<'button'> {
  look?: 'primary' | 'quiet' | 'danger';
  small?: boolean;
  icon?: IconName;
  /** Greys the button while its action runs. */
  busy?: boolean;
}

export function Button({ look, small, icon, busy, className, children, disabled, ...rest }: ButtonProps) {
  const classes = ['btn', look, small && 'small', className].filter(Boolean).join(' ');
  return (
    <button
      type="button"
      className={classes}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {icon && <Icon name={icon} size="s" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentPropsWithRef<'button'> {
  icon: IconName;
  /** What it does; shown on hover and said aloud. */
  label: string;
  on?: boolean;
}

export function IconButton({ icon, label, on, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={['ib', on && 'on', className].filter(Boolean).join(' ')}
      title={label}
      aria-label={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
