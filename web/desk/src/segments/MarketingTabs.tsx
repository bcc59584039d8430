import { Link, useLocation } from '@tanstack/react-router';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT, type Key } from '../i18n';

const tabs: {
  to: '/segments' | '/suppressions' | '/contacts/import';
  label: Key;
  needs?: 'contacts:import';
}[] = [
  { to: '/segments', label: 'segments.title' },
  { to: '/suppressions', label: 'suppress.title' },
  { to: '/contacts/import', label: 'import.title', needs: 'contacts:import' },
];

/** The pages of those who write to many. */
export function MarketingTabs() {
  const t = useT();
  const me = useMe();
  const path = useLocation({ select: (location) => location.pathname });
  return (
    <nav className="tabs sheet-tabs" aria-label={t('nav.mailings')}>
      {tabs
        .filter((tab) => !tab.needs || can(me, tab.needs))
        .map((tab) => (
          <Link
            key={tab.to}
            to={tab.to}
            className={path.startsWith(tab.to) ? 'on' : undefined}
            aria-current={path.startsWith(tab.to) ? 'page' : undefined}
          >
            {t(tab.label)}
          </Link>
        ))}
    </nav>
  );
}
