import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { useT } from '../i18n';
import { useDebounced } from '../lib/useDebounced';
import { IconButton } from '../ui/Button';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { LineSkeletons } from '../ui/Skeleton';
import { Framed } from './Framed';

export interface Written {
  kind: string;
  subject: string | null;
  html: string | null;
  text: string;
}

/** A template as one customer after the other would get it, while it is written. */
export function LivePreview({ content, channel }: { content: Written; channel?: string | null }) {
  const t = useT();
  const [contact, setContact] = useState<string | null>(null);
  const [asText, setAsText] = useState(false);
  const written = useDebounced(content, 300);
  const query = useQuery({
    queryKey: ['preview', written, channel, contact],
    queryFn: () =>
      ok(api.POST('/templates/preview', { body: { ...written, channel_id: channel, contact_id: contact } })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const shown = query.data;
  if (query.error && !shown) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!shown) return <LineSkeletons count={6} />;
  const faults = Object.entries(shown.faults);
  return (
    <section className="card preview" aria-label={t('template.preview')}>
      <div className="row preview-head">
        <Icon name="eye" size="s" className="t3" />
        <span className="cut">
          {shown.contact ? (
            <>
              <b>{shown.contact.name}</b> <span className="t3">{shown.address}</span>
            </>
          ) : (
            <span className="t3">{t('template.no_contact')}</span>
          )}
        </span>
        <span className="grow" />
        <IconButton
          icon="right"
          className="flip"
          label={t('template.previous_customer')}
          disabled={!shown.previous}
          onClick={() => setContact(shown.previous)}
        />
        <IconButton
          icon="right"
          label={t('template.next_customer')}
          disabled={!shown.next}
          onClick={() => setContact(shown.next)}
        />
      </div>
      {shown.missing && (
        <p className="banner" role="status">
          <Icon name="alert" size="s" />
          {t('template.missing', { name: shown.missing })}
        </p>
      )}
      {faults.map(([part, why]) => (
        <p key={part} className="form-error pad" role="status">
          {part}: {why}
        </p>
      ))}
      {shown.subject !== null && <p className="pad preview-subject">{shown.subject}</p>}
      {shown.html !== null && !asText && <Framed html={shown.html} title={t('template.preview')} />}
      {shown.text !== null && (shown.html === null || asText) && (
        <pre className="preview-text">{shown.text}</pre>
      )}
      {shown.html !== null && (
        <div className="preview-foot">
          <button type="button" className="link sm" aria-pressed={asText} onClick={() => setAsText(!asText)}>
            {asText ? t('template.show_html') : t('template.show_text')}
          </button>
        </div>
      )}
    </section>
  );
}
