import { ColorInput, NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useT } from '../i18n';
import { fieldError } from '../ui/Failed';
import type { FieldsProps } from './ChannelDialog';

export function WebchatFields({ settings, set, error }: FieldsProps) {
  const t = useT();
  return (
    <>
      <TagsInput
        label={t('channels.origins')}
        description={t('channels.origins_hint')}
        placeholder="https://toko.example"
        value={settings.allowed_origins ?? []}
        onChange={(allowed_origins) => set({ allowed_origins })}
        error={fieldError(error, 'settings.allowed_origins', t) ?? fieldError(error, 'allowed_origins', t)}
      />
      <TextInput
        label={t('channels.title')}
        value={settings.title ?? ''}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <Textarea
        label={t('channels.greeting')}
        autosize
        minRows={2}
        value={settings.greeting ?? ''}
        onChange={(event) => set({ greeting: event.currentTarget.value })}
      />
      <div className="two">
        <Select
          label={t('language')}
          data={[
            { value: 'id', label: t('language.id') },
            { value: 'en', label: t('language.en') },
          ]}
          value={settings.language || 'id'}
          onChange={(language) => set({ language: language ?? 'id' })}
          allowDeselect={false}
        />
        <ColorInput
          label={t('channels.accent')}
          value={settings.accent ?? ''}
          onChange={(accent) => set({ accent })}
        />
      </div>
      <TagsInput
        label={t('composer.buttons')}
        description={t('label.hint')}
        value={settings.quick_replies ?? []}
        onChange={(quick_replies) => set({ quick_replies })}
      />
      <NumberInput
        label={t('channels.reply_minutes')}
        description={t('optional')}
        min={1}
        max={10_000}
        value={settings.reply_minutes ?? ''}
        onChange={(value) => set({ reply_minutes: typeof value === 'number' ? value : null })}
      />
    </>
  );
}
