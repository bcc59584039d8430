import { Switch } from '@mantine/core';
import { useState } from 'react';
import { usePreferences } from '../app/session';
import { useT } from '../i18n';
import { Dialog } from '../ui/Dialog';
import { Kbd } from '../ui/Kbd';
import { actionIds, keysOf, specOf, type ActionGroup } from './actions';
import { useAction, useActions } from './ActionsProvider';

const columns: ActionGroup[][] = [
  ['move', 'write', 'go'],
  ['conversation', 'help'],
];

/** The list of keys. */
export function KeysSheet() {
  const t = useT();
  const [open, setOpen] = useState(false);
  const { choice } = useActions();
  const { set } = usePreferences();
  useAction('keys', () => setOpen(true));
  if (!open) return null;
  return (
    <Dialog title={t('keys.title')} size={620} onClose={() => setOpen(false)}>
      <div className="keys">
        {columns.map((groups) => (
          <div key={groups[0]}>
            {groups.map((group) => (
              <section key={group}>
                <h4>{t(`keys.group.${group}`)}</h4>
                <ul>
                  {actionIds
                    .filter((id) => specOf(id).group === group)
                    .map((id) => (
                      <li key={id}>
                        <span>{t(specOf(id).title)}</span>
                        <Kbd keys={keysOf(id, choice)} />
                      </li>
                    ))}
                </ul>
              </section>
            ))}
          </div>
        ))}
      </div>
      <div className="keys-foot">
        <Switch
          label={t('keys.letters')}
          labelPosition="left"
          checked={!choice.lettersOff}
          onChange={(event) => set({ letters_off: !event.currentTarget.checked })}
        />
      </div>
    </Dialog>
  );
}
