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

/** Labels to put on; those in use are offered. */
export function LabelMenu({ labels, opened, onOpened, onChange, children }: Props) {
  const t = useT();
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const [value, setValue] = useState(labels);
  const open = opened ?? shown;
  const set = (next: boolean) => {
    if (next) setValue(labels);
    setShown(next);
    onOpened?.(next);
  };
  const known = new Set<string>();
  for (const [, data] of client.getQueriesData<Rows>({ queryKey: keys.lists })) {
    flatRows(data).forEach((row) => row.labels.forEach((label) => known.add(label)));
  }
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
          comboboxProps={{ withinPortal: false }}
          maxDropdownHeight={180}
          data-autofocus
        />
        <div className="row end-row">
          <Button
            small
            look="primary"
            onClick={() => {
              set(false);
              onChange(value);
            }}
          >
            {t('save')}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
