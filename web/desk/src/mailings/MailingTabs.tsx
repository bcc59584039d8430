import { Link } from '@tanstack/react-router';
import { useT } from '../i18n';

/** Mailings, and what they are made of. */
export function MailingTabs({ here }: { here: 'mailings' | 'templates' }) {
  const t = useT();
  return (
    <nav className="tabs search-tabs" aria-label={t('nav.mailings')}>
      <Link
        to="/mailings"
        className={here === 'mailings' ? 'on' : undefined}
        aria-current={here === 'mailings' ? 'page' : undefined}
      >
        {t('nav.mailings')}
      </Link>
      <Link
        to="/mailings/templates"
        className={here === 'templates' ? 'on' : undefined}
        aria-current={here === 'templates' ? 'page' : undefined}
      >
        {t('template.all')}
      </Link>
    </nav>
  );
}
