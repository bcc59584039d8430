import { TextInput } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { useTexts, type Key } from '../i18n';
import { atHour, daysToMonday, fullWhen, localInput } from '../lib/time';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';

interface Props {
  opened?: boolean;
  onOpened?: (opened: boolean) => void;
  onSnooze: (until: string) => void;
  children: ReactElement;
}

/** The moments people mean when they say "later". */
export function laterMoments(now: number): { name: Key; at: Date }[] {
  const hour = new Date(now).getHours();
  return [
    { name: 'later.three_hours' as const, at: new Date(now + 3 * 3_600_000) },
    ...(hour < 15 ? [{ name: 'later.afternoon' as const, at: atHour(now, 0, 16) }] : []),
    { name: 'later.tomorrow' as const, at: atHour(now, 1, 9) },
    { name: 'later.monday' as const, at: atHour(now, daysToMonday(now), 9) },
  ];
}

/** Until when to put a conversation aside. */
export function SnoozeMenu({ opened, onOpened, onSnooze, children }: Props) {
  const { t, locale } = useTexts();
  const [shown, setShown] = useState(false);
  const [exact, setExact] = useState<string | null>(null);
  const now = Date.now();
  return (
    <>
      <Pick
        target={children}
        width={260}
        opened={opened ?? shown}
        onChange={(next) => {
          setShown(next);
          onOpened?.(next);
        }}
      >
        <Pick.Label>{t('snooze.until')}</Pick.Label>
        {laterMoments(now).map(({ name, at }) => (
          <Pick.Item
            key={name}
            leftSection={<Icon name="clock" />}
            rightSection={<span className="t3 sm">{fullWhen(at.getTime(), now, locale)}</span>}
            onClick={() => onSnooze(at.toISOString())}
          >
            {t(name)}
          </Pick.Item>
        ))}
        <Pick.Line />
        <Pick.Item leftSection={<Icon name="edit" />} onClick={() => setExact(localInput(atHour(now, 1, 9)))}>
          {t('later.exact')}
        </Pick.Item>
      </Pick>
      {exact !== null && (
        <WhenDialog
          title={t('snooze.until')}
          act={t('act.snooze')}
          first={exact}
          onClose={() => setExact(null)}
          onChosen={(at) => {
            setExact(null);
            onSnooze(at);
          }}
        />
      )}
    </>
  );
}

/** Asks for a day and an hour to come. */
export function WhenDialog({
  title,
  act,
  first,
  onClose,
  onChosen,
}: {
  title: string;
  act: string;
  first: string;
  onClose: () => void;
  onChosen: (at: string) => void;
}) {
  const { t } = useTexts();
  const [value, setValue] = useState(first);
  const at = new Date(value);
  const good = !Number.isNaN(at.getTime()) && at.getTime() > Date.now();
  return (
    <Dialog
      title={title}
      size={360}
      onClose={onClose}
      onSubmit={() => good && onChosen(at.toISOString())}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" disabled={!good}>
            {act}
          </Button>
        </>
      }
    >
      <TextInput
        type="datetime-local"
        aria-label={title}
        value={value}
        min={localInput(new Date())}
        onChange={(event) => setValue(event.currentTarget.value)}
        error={good ? undefined : t('later.past')}
        data-autofocus
      />
    </Dialog>
  );
}
