import { useState, type ReactElement } from 'react';
import { useOfficers, useTeams } from '../api/queries';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { Avatar } from '../ui/Avatar';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';

interface Props {
  current?: string | null;
  team?: string | null;
  opened?: boolean;
  onOpened?: (opened: boolean) => void;
  onAssign: (officer: string | null) => void;
  onTeam?: (team: string | null) => void;
  children: ReactElement;
}

/** Whom to give a conversation to. */
export function AssignMenu({ current, team, opened, onOpened, onAssign, onTeam, children }: Props) {
  const t = useT();
  const me = useMe();
  const [shown, setShown] = useState(false);
  const officers = (useOfficers().data ?? []).filter((one) => one.active && one.id !== me.id);
  const teams = useTeams().data ?? [];
  const tick = (on: boolean) => on && <Icon name="check" size="s" />;
  return (
    <Pick
      target={children}
      opened={opened ?? shown}
      onChange={(next) => {
        setShown(next);
        onOpened?.(next);
      }}
    >
      <Pick.Item
        leftSection={<Avatar name={me.name} officer={me.id} size={20} />}
        rightSection={tick(current === me.id)}
        onClick={() => onAssign(me.id)}
      >
        {t('assign.me')}
      </Pick.Item>
      <Pick.Item
        leftSection={<Icon name="ring" />}
        rightSection={tick(current === null)}
        onClick={() => onAssign(null)}
      >
        {t('assign.nobody')}
      </Pick.Item>
      <Pick.Line />
      <div className="menu-scroll">
        {officers.map((officer) => (
          <Pick.Item
            key={officer.id}
            leftSection={<Avatar name={officer.name} officer={officer.id} size={20} />}
            rightSection={tick(current === officer.id)}
            onClick={() => onAssign(officer.id)}
          >
            {officer.name}
          </Pick.Item>
        ))}
      </div>
      {onTeam && teams.length > 0 && (
        <>
          <Pick.Label>{t('folder.teams')}</Pick.Label>
          {teams.map((one) => (
            <Pick.Item
              key={one.id}
              leftSection={<Icon name="users" />}
              rightSection={tick(team === one.id)}
              onClick={() => onTeam(one.id)}
            >
              {one.name}
            </Pick.Item>
          ))}
        </>
      )}
    </Pick>
  );
}
