import { Popover, TagsInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { flatRows, type Rows } from '../lib/rows';
import { Button } from '../ui/Button';

interface Props {
  labels: string[];
  opened?: boolean;
  onOpened?: (opened: boolean) => void;
  onChange: (labels: string[]) => void;
  children: ReactElement;
}

/** How many of those in use are offered before anything is typed. */
const OFFERED = 12;

/** Labels to put on; those in use are offered. */
export function LabelMenu({ labels, opened, onOpened, onChange, children }: Props) {
  const t = useT();
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const [value, setValue] = useState(labels);
  const [search, setSearch] = useState('');
  const open = opened ?? shown;
  const set = (next: boolean) => {
    if (next) {
      setValue(labels);
      setSearch('');
    }
    setShown(next);
    onOpened?.(next);
  };
  const known = new Set<string>();
  for (const [, data] of client.getQueriesData<Rows>({ queryKey: keys.lists })) {
    flatRows(data).forEach((row) => row.labels.forEach((label) => known.add(label)));
  }
  const save = () => {
    set(false);
    onChange(value);
  };
  const offered = [...known]
    .sort()
    .filter((label) => !value.includes(label))
    .slice(0, OFFERED);
  const typed = search.trim().toLowerCase();
  const matching = typed !== '' && [...known].some((label) => label.toLowerCase().includes(typed));
  return (
    <Popover
      opened={open}
      onChange={set}
      width={280}
      position="bottom-end"
      trapFocus
      returnFocus
      shadow="md"
      withRoles={false}
    >
      <Popover.Target>
        <span onClick={opened === undefined ? () => set(!open) : undefined}>{children}</span>
      </Popover.Target>
      <Popover.Dropdown className="menu popover" role="dialog" aria-label={t('label.title')}>
        <TagsInput
          label={t('label.title')}
          description={t('label.hint')}
          data={[...known].sort()}
          value={value}
          onChange={setValue}
          searchValue={search}
          onSearchChange={setSearch}
          // Those in use stand below; a list is wanted for what is typed alone.
          dropdownOpened={matching}
          comboboxProps={{ withinPortal: false }}
          maxDropdownHeight={180}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !search.trim()) save();
          }}
          data-autofocus
        />
        {offered.length > 0 && !matching && (
          <div className="row gap1 wrap top2">
            {offered.map((label) => (
              <button
                key={label}
                type="button"
                className="chip line"
                onClick={() => setValue([...value, label])}
              >
                {label}
              </button>
            ))}
          </div>
        )}
        <div className="row end-row">
          <Button small look="primary" onClick={save}>
            {t('save')}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
