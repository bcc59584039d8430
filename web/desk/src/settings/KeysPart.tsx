import { Switch } from '@mantine/core';
import { useEffect, useState } from 'react';
import { usePreferences } from '../app/session';
import { useT } from '../i18n';
import {
  actionIds,
  keyChoice,
  keysOf,
  pressOf,
  specOf,
  type ActionGroup,
  type ActionId,
} from '../keys/actions';
import { Button } from '../ui/Button';
import { Kbd } from '../ui/Kbd';
import { toast } from '../ui/toasts';
import { Group, Part } from './Part';

const groups: ActionGroup[] = ['conversation', 'write', 'move', 'go', 'help'];

/** Letters on or off, and which letter does what. */
export function KeysPart() {
  const t = useT();
  const { preferences, set } = usePreferences();
  const choice = keyChoice(preferences);
  const [asking, setAsking] = useState<ActionId | null>(null);
  useEffect(() => {
    if (!asking) return;
    const hear = (event: KeyboardEvent) => {
      const press = pressOf(event);
      if (!press) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      setAsking(null);
      if (press === 'esc' || press === 'enter' || press.startsWith('ctrl+')) return;
      const wanted = specOf(asking).group === 'go' ? `g ${press}` : press;
      const other = actionIds.find(
        (id) => id !== asking && keysOf(id, choice).split(' ')[0] === press && wanted === press,
      );
      const taken = other ?? actionIds.find((id) => id !== asking && keysOf(id, choice) === wanted);
      if (taken)
        return void toast({
          text: t('keys.taken', { action: t(specOf(taken).title) }),
          icon: 'alert',
          tone: 'bad',
        });
      set({ keys: { ...choice.bound, [asking]: wanted } });
    };
    window.addEventListener('keydown', hear, true);
    return () => window.removeEventListener('keydown', hear, true);
  }, [asking, choice, set, t]);
  return (
    <Part
      title={t('settings.keys')}
      text={t('keys.letters_hint')}
      act={
        <Button disabled={Object.keys(choice.bound).length === 0} onClick={() => set({ keys: {} })}>
          {t('keys.reset')}
        </Button>
      }
    >
      <Group title={t('keys.letters')}>
        <Switch
          label={t('keys.letters_label')}
          checked={!choice.lettersOff}
          onChange={(event) => set({ letters_off: !event.currentTarget.checked })}
        />
      </Group>
      {groups.map((group) => (
        <Group key={group} title={t(`keys.group.${group}`)}>
          <ul className="card hits">
            {actionIds
              .filter((id) => specOf(id).group === group)
              .map((id) => (
                <li key={id} className="hit">
                  <span className="grow">{t(specOf(id).title)}</span>
                  {asking === id ? (
                    <span className="accent-text">{t('keys.press')}</span>
                  ) : (
                    <span className={choice.lettersOff && !specOf(id).fixed ? 'row gap1 off' : 'row gap1'}>
                      <Kbd keys={keysOf(id, choice)} />
                    </span>
                  )}
                  {!specOf(id).fixed && (
                    <Button small look="quiet" onClick={() => setAsking(asking === id ? null : id)}>
                      {t(asking === id ? 'cancel' : 'keys.change')}
                    </Button>
                  )}
                </li>
              ))}
          </ul>
        </Group>
      ))}
    </Part>
  );
}
