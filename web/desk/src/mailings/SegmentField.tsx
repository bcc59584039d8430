import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { useT } from '../i18n';

/** Who is meant: a segment, or everybody. */
export function SegmentField({
  value,
  disabled,
  onChange,
}: {
  value: string | null;
  disabled: boolean;
  onChange: (segment: string | null) => void;
}) {
  const t = useT();
  const query = useQuery({
    queryKey: ['segments'],
    queryFn: () => ok(api.GET('/segments')),
  });
  return (
    <Select
      label={t('mailing.segment')}
      description={<Link to="/segments">{t('mailing.edit_segments')}</Link>}
      placeholder={t('mailing.everybody')}
      clearable
      searchable
      data={(query.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
      value={value}
      disabled={disabled}
      onChange={onChange}
    />
  );
}
