import { TagsInput } from '@mantine/core';
import { useT } from '../i18n';

/** Answers that the customer can give with one touch. */
export function QuickReplies({
  labels,
  onChange,
}: {
  labels: string[];
  onChange: (labels: string[]) => void;
}) {
  const t = useT();
  return (
    <TagsInput
      className="quick-replies"
      size="xs"
      aria-label={t('composer.buttons')}
      placeholder={labels.length === 0 ? t('composer.buttons_hint') : undefined}
      maxTags={10}
      value={labels}
      onChange={(value) => onChange(value.map((label) => label.slice(0, 40)))}
    />
  );
}
