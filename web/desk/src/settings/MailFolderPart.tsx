import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { MessageText } from '../thread/MessageText';
import { Dialog } from '../ui/Dialog';
import { Failed } from '../ui/Failed';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';
import { Listing } from './Listing';
import { Part } from './Part';

/** In a demonstration: the mail that would have gone out. */
export function MailFolderPart() {
  const t = useT();
  const [open, setOpen] = useState<string | null>(null);
  const query = useQuery({
    queryKey: keys.mailFolder,
    queryFn: () => ok(api.GET('/mail-folder')).then((page) => page.items),
    refetchInterval: 5000,
  });
  return (
    <Part title={t('settings.mail_folder')} text={t('mail_folder.text')}>
      <Listing query={query} icon="mail" empty={t('mail_folder.none')} text={t('mail_folder.none_text')}>
        {(mails) => (
          <ul className="hits">
            {mails.map((mail) => (
              <li key={mail.name}>
                <button type="button" className="hit as-row" onClick={() => setOpen(mail.name)}>
                  <span className="m cut">{mail.subject}</span>
                  <span className="t3 cut">{mail.to}</span>
                  <span className="end t3 sm">
                    <When at={mail.at} />
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Listing>
      {open && <MailDialog name={open} onClose={() => setOpen(null)} />}
    </Part>
  );
}

function MailDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useT();
  const [view, setView] = useState<'text' | 'html' | 'raw'>('text');
  const query = useQuery({
    queryKey: [...keys.mailFolder, name],
    queryFn: () => ok(api.GET('/mail-folder/{name}', { params: { path: { name } } })),
  });
  const mail = query.data;
  const views = (['text', 'html', 'raw'] as const).filter((one) => one !== 'html' || mail?.html_url);
  return (
    <Dialog title={name} size={760} onClose={onClose}>
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <LineSkeletons count={6} />}
      {mail && (
        <>
          <SegmentedControl
            data={views.map((one) => ({ value: one, label: t(`mail_folder.view_${one}`) }))}
            value={view}
            onChange={(value) => setView(value as typeof view)}
          />
          {view === 'text' && (
            <>
              <dl className="facts">
                {mail.headers
                  .filter(([header = '']) =>
                    ['from', 'to', 'cc', 'subject', 'date'].includes(header.toLowerCase()),
                  )
                  .map(([header, value]) => (
                    <div key={header} className="contents">
                      <dt>{header}</dt>
                      <dd className="breaks">{value}</dd>
                    </div>
                  ))}
              </dl>
              <div className="card pad answered">
                <MessageText text={mail.text} />
              </div>
            </>
          )}
          {view === 'html' && mail.html_url && (
            <iframe
              className="html card"
              sandbox=""
              src={mail.html_url}
              title={name}
              referrerPolicy="no-referrer"
            />
          )}
          {view === 'raw' && <pre className="detail raw">{mail.raw}</pre>}
        </>
      )}
    </Dialog>
  );
}
