import type { ReactNode } from 'react';
import { Empty } from '../ui/Empty';
import { Failed } from '../ui/Failed';
import { LineSkeletons } from '../ui/Skeleton';
import type { IconName } from '../ui/Sprite';
import { reachable } from '../ui/reachable';

/** A card with what a query brought; waiting, failed and empty are told apart. */
export function Listing<T>({
  query,
  icon,
  empty,
  text,
  children,
}: {
  query: { data: T[] | undefined; error: Error | null; refetch: () => unknown };
  icon: IconName;
  empty: string;
  text?: string;
  children: (items: T[]) => ReactNode;
}) {
  if (query.error && !query.data) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <LineSkeletons count={5} />;
  if (query.data.length === 0) {
    return (
      <div className="card">
        <Empty icon={icon} title={empty} text={text} />
      </div>
    );
  }
  return (
    <div className="card scroll-x" ref={reachable}>
      {children(query.data)}
    </div>
  );
}
