import { initials, tint } from '../lib/people';

interface AvatarProps {
  name: string;
  /** An officer's id: officers are tinted, customers are grey. */
  officer?: string;
  size?: 16 | 20 | 24 | 32 | 40;
  /** Said aloud and shown on hover where the name does not stand beside it. */
  label?: string;
}

export function Avatar({ name, officer, size = 32, label }: AvatarProps) {
  const classes = ['av', size !== 32 && `av-${size}`, officer && `av-${tint(officer)}`];
  return (
    <span
      className={classes.filter(Boolean).join(' ')}
      title={label}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    >
      {initials(name)}
    </span>
  );
}
