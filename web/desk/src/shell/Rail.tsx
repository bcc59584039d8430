import { Link, useLocation } from '@tanstack/react-router';
import { useCounts } from '../api/queries';
import { useMe } from '../app/session';
import { useT, type Key } from '../i18n';
import { useActions } from '../keys/ActionsProvider';
import { useLive } from '../live/LiveProvider';
import { Avatar } from '../ui/Avatar';
import { Icon } from '../ui/Icon';
import type { IconName } from '../ui/Sprite';

interface Place {
  to: string;
  icon: IconName;
  label: Key;
  wide?: boolean;
}
const places: Place[] = [
  { to: '/inbox/mine', icon: 'inbox', label: 'nav.inbox' },
  { to: '/tickets', icon: 'ticket', label: 'nav.tickets' },
  { to: '/contacts', icon: 'users', label: 'nav.contacts' },
  { to: '/mailings', icon: 'horn', label: 'nav.mailings' },
  { to: '/search', icon: 'search', label: 'nav.search' },
];

/** Far left: where one can go. At the foot of a phone. */
export function Rail() {
  const t = useT();
  const me = useMe();
  const { registry } = useActions();
  const path = useLocation({ select: (location) => location.pathname });
  const unread = useCounts().data?.unread ?? 0;
  const live = useLive((state) => state.status === 'live');
  const here = (to: string) => {
    // Those who write to many find importing beside segments.
    const marketing = ['/segments', '/suppressions', '/contacts/import'].some((page) =>
      path.startsWith(page),
    );
    return marketing ? to === '/mailings' : path.startsWith(`/${to.split('/')[1]}`);
  };
  return (
    <nav className="pane rail" aria-label={t('app.name')}>
      <svg className="logo" viewBox="0 0 28 28" role="img" aria-label="Sapa">
        <use href="#logo" />
      </svg>
      {places.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          className={here(place.to) ? 'on' : undefined}
          aria-current={here(place.to) ? 'page' : undefined}
          title={t(place.label)}
          aria-label={t(place.label)}
        >
          <Icon name={place.icon} />
          {place.icon === 'inbox' && unread > 0 && <span className="pip" />}
        </Link>
      ))}
      <span className="grow" />
      <button
        type="button"
        className="rail-btn wide"
        title={`${t('nav.keys')} (?)`}
        aria-label={t('nav.keys')}
        onClick={() => registry.run('keys')}
      >
        <Icon name="keyb" />
      </button>
      <Link
        to="/settings/$section"
        params={{ section: 'profile' }}
        className={here('/settings') ? 'on' : undefined}
        aria-current={here('/settings') ? 'page' : undefined}
        title={t('nav.settings')}
        aria-label={t('nav.settings')}
      >
        <Icon name="gear" />
      </Link>
      <Link
        to="/settings/$section"
        params={{ section: 'profile' }}
        className="wide"
        title={t('nav.profile', { name: me.name })}
        aria-label={t('nav.profile', { name: me.name })}
      >
        <span className="who">
          <Avatar name={me.name} officer={me.id} size={24} />
          <span className={live ? 'st' : 'st off'} />
        </span>
      </Link>
    </nav>
  );
}
