import { Link, useLocation } from '@tanstack/react-router';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT, type Key } from '../i18n';

const tabs: {
  to: '/mailings' | '/mailings/templates' | '/segments' | '/suppressions' | '/contacts/import';
  label: Key;
  needs?: 'contacts:import';
}[] = [
  { to: '/mailings', label: 'nav.mailings' },
  { to: '/mailings/templates', label: 'template.all' },
  { to: '/segments', label: 'segments.title' },
  { to: '/suppressions', label: 'suppress.title' },
  { to: '/contacts/import', label: 'import.title', needs: 'contacts:import' },
];

/** The pages of those who write to many. */
export function MarketingTabs() {
  const t = useT();
  const me = useMe();
  const path = useLocation({ select: (location) => location.pathname });
  // The longest that fits: templates are below mailings.
  const here = tabs.findLast((tab) => path.startsWith(tab.to))?.to;
  return (
    <nav className="tabs sheet-tabs" aria-label={t('nav.mailings')}>
      {tabs
        .filter((tab) => !tab.needs || can(me, tab.needs))
        .map((tab) => (
          <Link
            key={tab.to}
            to={tab.to}
            className={tab.to === here ? 'on' : undefined}
            aria-current={tab.to === here ? 'page' : undefined}
          >
            {t(tab.label)}
          </Link>
        ))}
    </nav>
  );
}
