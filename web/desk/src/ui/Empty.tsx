import type { ReactNode } from 'react';
import { Icon } from './Icon';
import type { IconName } from './Sprite';

/** Says what is not there and what to do next. */
export function Empty({
  icon,
  title,
  text,
  children,
}: {
  icon: IconName;
  title: ReactNode;
  text?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="mid">
      <Icon name={icon} />
      <h3>{title}</h3>
      {text && <p>{text}</p>}
      {children && <div className="row wrap">{children}</div>}
    </div>
  );
}
