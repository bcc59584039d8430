import { useQuery } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { Dialog } from '../ui/Dialog';
import { Failed } from '../ui/Failed';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';
import { Framed } from './Framed';

/** What went to one recipient, as it was then. */
export function LetterDialog({
  mailing,
  recipient,
  onClose,
}: {
  mailing: string;
  recipient: string;
  onClose: () => void;
}) {
  const t = useT();
  const query = useQuery({
    queryKey: [...keys.mailing(mailing), 'letter', recipient],
    queryFn: () =>
      ok(
        api.GET('/mailings/{id}/recipients/{recipient_id}/letter', {
          params: { path: { id: mailing, recipient_id: recipient } },
        }),
      ),
    staleTime: Infinity,
  });
  const letter = query.data;
  return (
    <Dialog
      title={letter ? `${letter.number} ${letter.name}` : t('mailing.what_he_got')}
      size={680}
      onClose={onClose}
    >
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {!letter && !query.error && <LineSkeletons count={6} />}
      {letter && (
        <>
          <p className="t2">
            {letter.channel.name}
            {letter.address && letter.channel.kind === 'email' && ` · ${letter.address}`}
            {letter.sent_at && (
              <>
                {' · '}
                <When at={letter.sent_at} full />
              </>
            )}
          </p>
          {letter.subject && <p className="preview-subject">{letter.subject}</p>}
          {letter.html ? (
            <Framed html={letter.html} title={letter.name} />
          ) : (
            <pre className="preview-text">{letter.text}</pre>
          )}
        </>
      )}
    </Dialog>
  );
}
