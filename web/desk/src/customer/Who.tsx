import type { Contact } from '../api/types';
import { isKey, useTexts } from '../i18n';
import { clock } from '../lib/time';
import { useNow } from '../lib/useNow';
import { Avatar } from '../ui/Avatar';

/** The clock where the customer is; nothing for a zone that the browser does not know. */
export function localClock(now: number, locale: string, zone: string | null): string | null {
  if (!zone) return null;
  try {
    return clock(now, locale, zone);
  } catch {
    return null;
  }
}

export function Who({ contact }: { contact: Contact }) {
  const { t, locale } = useTexts();
  const now = useNow(20_000);
  const time = localClock(now, locale, contact.timezone);
  const language = `language.${contact.language}`;
  const facts = [
    contact.city,
    isKey(language) ? t(language) : contact.language,
    time && t('customer.there', { time }),
  ].filter(Boolean);
  const since = new Date(contact.first_seen_at).getFullYear();
  return (
    <section className="block">
      <div className="row gap3">
        <Avatar name={contact.name} size={40} />
        <div className="grow">
          <div className="b lg cut">{contact.name}</div>
          <div className="t3">{facts.join(' · ')}</div>
        </div>
      </div>
      <div className="row wrap gap1 top3">
        {contact.tags.map((tag) => (
          <span key={tag} className="chip">
            {tag}
          </span>
        ))}
        {contact.company && contact.company !== contact.name && (
          <span className="chip">{contact.company}</span>
        )}
        <span className="chip">{t('customer.since', { year: since })}</span>
      </div>
    </section>
  );
}
