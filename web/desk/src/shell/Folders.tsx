import { Link, useNavigate } from '@tanstack/react-router';
import { useCounts } from '../api/queries';
import { useMe } from '../app/session';
import { useT, type Key } from '../i18n';
import { useActions } from '../keys/ActionsProvider';
import { IconButton } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import type { IconName } from '../ui/Sprite';
import { LiveMark } from './LiveMark';

const folders: {
  folder: string;
  icon: IconName;
  count?: 'mine' | 'unassigned' | 'bot' | 'open' | 'mentions' | 'waiting' | 'snoozed' | 'unsure';
}[] = [
  { folder: 'mine', icon: 'user', count: 'mine' },
  { folder: 'unassigned', icon: 'ring', count: 'unassigned' },
  { folder: 'bot', icon: 'bot', count: 'bot' },
  { folder: 'open', icon: 'inbox', count: 'open' },
  { folder: 'mentions', icon: 'at', count: 'mentions' },
  { folder: 'waiting', icon: 'clock', count: 'waiting' },
  { folder: 'snoozed', icon: 'snooze', count: 'snoozed' },
  { folder: 'solved', icon: 'check' },
  { folder: 'unsure', icon: 'alert', count: 'unsure' },
];

/** The folders with their live counters. */
export function Folders({ folder, onGo }: { folder: string; onGo?: () => void }) {
  const t = useT();
  const counts = useCounts().data;
  const navigate = useNavigate();
  const { registry } = useActions();
  const { demo } = useMe();
  // A house without bots has no folder for them, and what is certain needs none.
  const seldom: Record<string, unknown> = { bot: counts?.has_bots, unsure: counts?.unsure };
  const shown = folders.filter(({ folder: name }) => !(name in seldom) || seldom[name] || folder === name);
  return (
    <aside className="pane folders" aria-label={t('nav.folders')}>
      <div className="bar">
        <h2 className="grow">{t('nav.inbox')}</h2>
        <IconButton icon="plus" label={`${t('act.new')} (c)`} onClick={() => registry.run('new')} />
      </div>
      <button type="button" className="find" onClick={() => registry.run('palette')}>
        <Icon name="search" size="s" />
        <span>{t('search')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <nav className="scroll nav" aria-label={t('nav.folders')} onClick={onGo}>
        {shown.map(({ folder: name, icon, count }) => (
          <Entry key={name} folder={name} on={folder === name} count={count && counts?.[count]}>
            <Icon name={icon} />
            <span className="cut">{t(`folder.${name}` as Key)}</span>
          </Entry>
        ))}
        {counts && counts.teams.length > 0 && <h3>{t('folder.teams')}</h3>}
        {counts?.teams.map((team) => (
          <Entry key={team.id} folder={`team-${team.id}`} on={folder === `team-${team.id}`} count={team.open}>
            <Icon name="users" />
            <span className="cut">{team.name}</span>
          </Entry>
        ))}
        {counts && counts.channels.length > 0 && <h3>{t('folder.channels')}</h3>}
        {counts?.channels.map((channel) => (
          <Entry
            key={channel.id}
            folder={`channel-${channel.id}`}
            on={folder === `channel-${channel.id}`}
            count={channel.open}
          >
            <ChannelIcon kind={channel.kind} said />
            <span className="cut">{channel.name}</span>
          </Entry>
        ))}
      </nav>
      {demo && (
        <button
          type="button"
          className="demo-mark"
          onClick={() => void navigate({ to: '/settings/$section', params: { section: 'mail-folder' } })}
        >
          {t('demo')}
        </button>
      )}
      <LiveMark />
    </aside>
  );
}

function Entry({
  folder,
  on,
  count,
  children,
}: {
  folder: string;
  on: boolean;
  count?: number;
  children: React.ReactNode;
}) {
  return (
    <Link
      to="/inbox/$folder"
      params={{ folder }}
      className={on ? 'on' : undefined}
      aria-current={on ? 'page' : undefined}
    >
      {children}
      {count !== undefined && <span className="count">{count}</span>}
    </Link>
  );
}
