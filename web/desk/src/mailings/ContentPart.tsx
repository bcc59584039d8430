import { useT } from '../i18n';
import { SegmentTree } from '../segments/SegmentTree';
import type { Condition } from '../segments/tree';
import { Failed } from '../ui/Failed';
import { LineSkeletons } from '../ui/Skeleton';
import { LivePreview } from './LivePreview';
import { useContent } from './queries';

/** What a mailing says, as its recipients see it, and who was meant. */
export function ContentPart({ id, kind }: { id: string; kind?: string }) {
  const t = useT();
  const query = useContent(id);
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <LineSkeletons count={8} />;
  const content = query.data;
  return (
    <div className="sect">
      <p className="t2">
        {t('mailing.frozen')}{' '}
        {content.segment ? t('mailing.meant', { name: content.segment }) : t('mailing.meant_all')}
      </p>
      {content.condition && (
        <div className="spaced">
          <SegmentTree condition={content.condition as unknown as Condition} />
        </div>
      )}
      <div className="spaced">
        <LivePreview
          content={{
            kind: kind ?? (content.subject === null ? 'telegram' : 'email'),
            subject: content.subject,
            html: content.html,
            text: content.text,
          }}
        />
      </div>
    </div>
  );
}
