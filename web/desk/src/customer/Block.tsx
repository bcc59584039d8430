import { useLocalStorage } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Icon } from '../ui/Icon';

/** A part of the customer pane that folds, and stays as it was left. */
export function Block({
  name,
  title,
  count,
  end,
  children,
}: {
  name: string;
  title: string;
  count?: number;
  end?: ReactNode;
  children: ReactNode;
}) {
  const [folded, setFolded] = useLocalStorage<string[]>({ key: 'sapa.folded', defaultValue: [] });
  const open = !folded.includes(name);
  const toggle = () => setFolded(open ? [...folded, name] : folded.filter((one) => one !== name));
  return (
    <section className={open ? 'block' : 'block folded'}>
      <h3>
        <button type="button" className="block-toggle" aria-expanded={open} onClick={toggle}>
          {title} {count !== undefined && <span className="count">{count}</span>}
          <Icon name={open ? 'down' : 'right'} size="xs" />
        </button>
        {end}
      </h3>
      {open && children}
    </section>
  );
}
