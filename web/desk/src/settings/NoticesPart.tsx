import { Switch } from '@mantine/core';
import { usePreferences } from '../app/session';
import { useT } from '../i18n';
import { chime } from '../shell/chime';
import { Group, Part } from './Part';

/** Sound and browser notices. */
export function NoticesPart() {
  const t = useT();
  const { preferences, set } = usePreferences();
  const refused = 'Notification' in window && Notification.permission === 'denied';
  const notify = async (on: boolean) => {
    if (on && (await Notification.requestPermission()) !== 'granted') return;
    set({ notify: on });
  };
  return (
    <Part title={t('settings.notices')} text={t('notices.text')}>
      <Group title={t('notices.sound')}>
        <Switch
          label={t('notices.sound_label')}
          checked={preferences.sound === true}
          onChange={(event) => {
            if (event.currentTarget.checked) chime();
            set({ sound: event.currentTarget.checked });
          }}
        />
      </Group>
      <Group title={t('notices.browser')}>
        <Switch
          label={t('notices.browser_label')}
          disabled={refused}
          checked={preferences.notify === true && !refused}
          onChange={(event) => void notify(event.currentTarget.checked)}
        />
        {refused && <p className="warn-text sm">{t('notices.refused')}</p>}
      </Group>
    </Part>
  );
}
