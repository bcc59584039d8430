import { Select, type SelectProps } from '@mantine/core';
import { useT } from '../i18n';
import { choices, type Term } from '../lib/terms';

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  terms: Term[];
  value: string | null;
  onChange: (id: string | null) => void;
}

/** Chooses from a tree; typing finds any part of the path. */
export function TermSelect({ terms, value, onChange, ...rest }: Props) {
  const t = useT();
  return (
    <Select
      searchable
      clearable
      placeholder={t('ticket.choose')}
      nothingFoundMessage={t('ticket.nothing_found')}
      maxDropdownHeight={260}
      data={choices(terms, value)}
      value={value}
      onChange={onChange}
      {...rest}
    />
  );
}
