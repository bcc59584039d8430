import type { MailingCounts } from '../api/types';

/** How far a mailing is, as one bar. */
export function Meter({ counts, big }: { counts: MailingCounts; big?: boolean }) {
  const share = (n: number) => `${counts.recipients > 0 ? (100 * n) / counts.recipients : 0}%`;
  return (
    <div className={big ? 'meter big' : 'meter'} aria-hidden="true">
      <i className="g" style={{ width: share(counts.sent) }} />
      <i className="r" style={{ width: share(counts.failed + counts.unknown) }} />
      <i className="a" style={{ width: share(counts.retrying) }} />
      <i className="p" style={{ width: share(counts.under_way) }} />
      <i className="z" style={{ width: share(counts.cancelled) }} />
    </div>
  );
}

/** How many of a hundred have been dealt with. */
export function doneShare(counts: MailingCounts): number {
  const open = counts.waiting + counts.retrying + counts.under_way;
  if (counts.recipients === 0) return 0;
  return Math.floor((100 * (counts.recipients - open)) / counts.recipients);
}
