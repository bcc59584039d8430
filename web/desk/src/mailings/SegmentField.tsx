import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useT } from '../i18n';

interface Segments {
  items: { id: string; name: string }[];
}

/** Who is meant: a segment, or everybody. */
export function SegmentField({
  value,
  name,
  disabled,
  onChange,
}: {
  value: string | null;
  /** What the chosen one is called. */
  name: string | null;
  disabled: boolean;
  onChange: (segment: string | null) => void;
}) {
  const t = useT();
  const query = useQuery({
    queryKey: ['segments', 'all'],
    queryFn: async () => {
      const answer = await fetch('/api/v1/segments');
      return answer.ok ? ((await answer.json()) as Segments) : { items: [] };
    },
  });
  const known = query.data?.items ?? [];
  const chosen = value && name && !known.some((one) => one.id === value) ? [{ id: value, name }] : [];
  return (
    <Select
      label={t('mailing.segment')}
      placeholder={t('mailing.everybody')}
      clearable
      searchable
      data={[...known, ...chosen].map((one) => ({ value: one.id, label: one.name }))}
      value={value}
      disabled={disabled}
      onChange={onChange}
    />
  );
}
