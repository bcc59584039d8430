import { lazy, Suspense, useState } from 'react';
import type { MailingItem } from '../api/types';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';

const LetterDialog = lazy(() =>
  import('../mailings/LetterDialog').then((module) => ({ default: module.LetterDialog })),
);

/** A mailing that went to the customer; pressed, it shows what it said to him. */
export function MailingLine({ item, line }: { item: MailingItem; line: string }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const looks = may(useMe(), 'mailings');
  const { mailing } = item;
  const words = t('mailing.got', { name: mailing.name });
  return (
    <div className="act" data-line={line}>
      <Icon name="horn" size="s" /> <ChannelIcon kind={mailing.channel_kind} size="s" />{' '}
      {looks ? (
        <button type="button" className="link" onClick={() => setOpen(true)}>
          {words}
        </button>
      ) : (
        words
      )}
      {mailing.answered_at && ` · ${t('mailing.answered_short')}`}{' '}
      <span className="act-when">
        <When at={item.at} full />
      </span>
      {open && (
        <Suspense>
          <LetterDialog
            mailing={mailing.mailing_id}
            recipient={mailing.recipient_id}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </div>
  );
}
