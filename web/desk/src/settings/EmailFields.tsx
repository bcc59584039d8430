import { Textarea, TextInput } from '@mantine/core';
import { useT } from '../i18n';
import { fieldError } from '../ui/Failed';
import type { FieldsProps } from './ChannelDialog';

export function EmailFields({ settings, set, error }: FieldsProps) {
  const t = useT();
  const text = (field: string) => (typeof settings[field] === 'string' ? settings[field] : '');
  return (
    <>
      <TextInput
        label={t('email')}
        type="email"
        value={text('address')}
        onChange={(event) => set({ address: event.currentTarget.value })}
        error={fieldError(error, 'settings.address') ?? fieldError(error, 'address')}
      />
      <TextInput
        label={t('channels.from_name')}
        value={text('from_name')}
        onChange={(event) => set({ from_name: event.currentTarget.value })}
      />
      <Textarea
        label={t('channels.signature')}
        description={t('canned.variables')}
        autosize
        minRows={3}
        value={text('signature')}
        onChange={(event) => set({ signature: event.currentTarget.value })}
      />
      <p className="t3 sm">{t('channels.mail_hint')}</p>
    </>
  );
}
