import { useEffect, type ReactNode } from 'react';
import { useCounts } from '../api/queries';

/** A page beside the inbox: its head, and a sheet that scrolls. */
export function Page({
  title,
  crumb,
  acts,
  wide,
  aside,
  children,
}: {
  title: string;
  crumb?: ReactNode;
  acts?: ReactNode;
  wide?: boolean;
  aside?: ReactNode;
  children: ReactNode;
}) {
  const unread = useCounts().data?.unread ?? 0;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${title} · Sapa`;
  }, [title, unread]);
  return (
    <main className="pane main">
      <div className="bar">
        {crumb ?? <h1 className="cut">{title}</h1>}
        <span className="grow" />
        {acts}
      </div>
      <div className={aside ? 'cols' : 'cols one'}>
        <div>
          <div className={wide ? 'sheet wide-sheet' : 'sheet'}>{children}</div>
        </div>
        {aside && <aside>{aside}</aside>}
      </div>
    </main>
  );
}
