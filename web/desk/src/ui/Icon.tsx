import type { IconName } from './Sprite';

export interface IconProps {
  name: IconName;
  /** 16 px beside text, 14 (`s`) beside small text, 12 (`xs`) inside chips. */
  size?: 's' | 'xs';
  className?: string;
  /** Said by screen readers; without it the icon is decoration. */
  label?: string;
}

/** One drawing from the sprite. */
export function Icon({ name, size, className, label }: IconProps) {
  return (
    <svg
      className={['i', size, className].filter(Boolean).join(' ')}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    >
      <use href={`#i-${name}`} />
    </svg>
  );
}
