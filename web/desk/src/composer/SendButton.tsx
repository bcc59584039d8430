import { useState } from 'react';
import { laterMoments, WhenDialog } from '../inbox/SnoozeMenu';
import { useTexts } from '../i18n';
import { atHour, fullWhen, localInput } from '../lib/time';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Kbd } from '../ui/Kbd';
import { Pick } from '../ui/Pick';

interface Props {
  note: boolean;
  disabled: boolean;
  busy: boolean;
  onSend: (how: { solve?: boolean; at?: string }) => void;
}

/** Send, and the other ways to send beside it. */
export function SendButton({ note, disabled, busy, onSend }: Props) {
  const { t, locale } = useTexts();
  const [exact, setExact] = useState(false);
  const now = Date.now();
  return (
    <span className="split">
      <Button look="primary" disabled={disabled} busy={busy} title="Ctrl Enter" onClick={() => onSend({})}>
        {t(note ? 'composer.save_note' : 'act.send')}
      </Button>
      <Pick
        position="top-end"
        width={280}
        target={
          <Button look="primary" disabled={disabled} busy={busy} aria-label={t('composer.send_more')}>
            <Icon name="down" size="s" />
          </Button>
        }
      >
        <Pick.Item
          leftSection={<Icon name="check" />}
          rightSection={<Kbd keys="ctrl+shift+enter" />}
          onClick={() => onSend({ solve: true })}
        >
          {t(note ? 'composer.note_solve' : 'act.send_solve')}
        </Pick.Item>
        {!note && (
          <>
            <Pick.Label>{t('composer.later')}</Pick.Label>
            {laterMoments(now).map(({ name, at }) => (
              <Pick.Item
                key={name}
                leftSection={<Icon name="clock" />}
                rightSection={<span className="t3 sm">{fullWhen(at.getTime(), now, locale)}</span>}
                onClick={() => onSend({ at: at.toISOString() })}
              >
                {t(name)}
              </Pick.Item>
            ))}
            <Pick.Item leftSection={<Icon name="edit" />} onClick={() => setExact(true)}>
              {t('later.exact')}
            </Pick.Item>
          </>
        )}
      </Pick>
      {exact && (
        <WhenDialog
          title={t('composer.later')}
          act={t('act.send')}
          first={localInput(atHour(now, 1, 9))}
          onClose={() => setExact(false)}
          onChosen={(at) => {
            setExact(false);
            onSend({ at });
          }}
        />
      )}
    </span>
  );
}
