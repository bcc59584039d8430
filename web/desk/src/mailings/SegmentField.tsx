import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Segment } from '../api/types';
import { useT } from '../i18n';

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
    queryKey: keys.segments,
    queryFn: () => ok(api.GET('/segments')).then((page) => page.items as unknown as Segment[]),
  });
  const known = query.data ?? [];
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
