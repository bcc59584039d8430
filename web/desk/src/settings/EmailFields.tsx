import { Textarea } from '@mantine/core';
import { useT } from '../i18n';
import type { FieldsProps } from './ChannelDialog';

export function EmailFields({ settings, set }: FieldsProps) {
  const t = useT();
  return (
    <Textarea
      label={t('channels.signature')}
      description={t('channels.signature_hint')}
      autosize
      minRows={3}
      value={settings.signature ?? ''}
      onChange={(event) => set({ signature: event.currentTarget.value })}
    />
  );
}
