import { SegmentedControl } from '@mantine/core';
import { useT } from '../i18n';
import type { FieldsProps } from './ChannelDialog';

export function TelegramFields({ settings, set }: FieldsProps) {
  const t = useT();
  return (
    <div>
      <SegmentedControl
        fullWidth
        aria-label={t('channels.mode')}
        data={[
          { value: 'polling', label: t('channels.polling') },
          { value: 'webhook', label: t('channels.webhook') },
        ]}
        value={settings.webhook ? 'webhook' : 'polling'}
        onChange={(mode) => set({ webhook: mode === 'webhook' })}
      />
      <p className="t3 sm top2">{t('channels.mode_hint')}</p>
    </div>
  );
}
