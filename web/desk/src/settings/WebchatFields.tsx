import { ColorInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useT } from '../i18n';
import { fieldError } from '../ui/Failed';
import type { FieldsProps } from './ChannelDialog';

export function WebchatFields({ settings, set, error }: FieldsProps) {
  const t = useT();
  const text = (field: string) => (typeof settings[field] === 'string' ? settings[field] : '');
  const list = (field: string): string[] =>
    Array.isArray(settings[field]) ? settings[field].map(String) : [];
  return (
    <>
      <TagsInput
        label={t('channels.origins')}
        description={t('channels.origins_hint')}
        placeholder="https://toko.example"
        value={list('allowed_origins')}
        onChange={(allowed_origins) => set({ allowed_origins })}
        error={fieldError(error, 'settings.allowed_origins') ?? fieldError(error, 'allowed_origins')}
      />
      <TextInput
        label={t('channels.title')}
        value={text('title')}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <Textarea
        label={t('channels.greeting')}
        autosize
        minRows={2}
        value={text('greeting')}
        onChange={(event) => set({ greeting: event.currentTarget.value })}
      />
      <div className="two">
        <Select
          label={t('language')}
          data={[
            { value: 'id', label: t('language.id') },
            { value: 'en', label: t('language.en') },
          ]}
          value={text('language') || 'id'}
          onChange={(language) => set({ language: language ?? 'id' })}
          allowDeselect={false}
        />
        <ColorInput
          label={t('channels.accent')}
          value={text('accent')}
          onChange={(accent) => set({ accent })}
        />
      </div>
      <TagsInput
        label={t('composer.buttons')}
        description={t('label.hint')}
        value={list('quick_replies')}
        onChange={(quick_replies) => set({ quick_replies })}
      />
    </>
  );
}
