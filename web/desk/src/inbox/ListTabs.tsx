import { Link } from '@tanstack/react-router';
import { useCounts } from '../api/queries';
import { useT } from '../i18n';
import type { InboxPlace } from './place';

/** Mine, unassigned, all: of the whole inbox, or of the team or channel one is in. */
export function ListTabs({ place }: { place: InboxPlace }) {
  const t = useT();
  const counts = useCounts().data;
  const group = /^(team|channel|label)-/.test(place.folder);
  const total = [...(counts?.teams ?? []), ...(counts?.channels ?? [])].find((one) =>
    place.folder.endsWith(one.id),
  )?.open;
  const tabs = [
    { name: 'mine', title: t('tab.mine'), count: group ? undefined : counts?.mine },
    { name: 'unassigned', title: t('tab.unassigned'), count: group ? undefined : counts?.unassigned },
    { name: 'open', title: t('tab.all'), count: group ? total : counts?.open },
  ] as const;
  if (!group && !['mine', 'unassigned', 'open'].includes(place.folder)) return null;
  const here = group ? (place.search.tab ?? 'open') : place.folder;
  return (
    <nav className="tabs" aria-label={t('list.tabs')}>
      {tabs.map((tab) => (
        <Link
          key={tab.name}
          to="/inbox/$folder"
          params={{ folder: group ? place.folder : tab.name }}
          search={group ? { ...place.search, tab: tab.name === 'open' ? undefined : tab.name } : {}}
          className={here === tab.name ? 'on' : undefined}
          aria-current={here === tab.name ? 'page' : undefined}
        >
          {tab.title} {tab.count !== undefined && <span className="count">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
