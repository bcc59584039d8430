import { Modal } from '@mantine/core';
import { Fragment, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useT } from '../i18n';
import { useAction } from '../keys/ActionsProvider';
import { Avatar } from '../ui/Avatar';
import { Icon } from '../ui/Icon';
import { Kbd } from '../ui/Kbd';
import { Marked } from './Marked';
import { usePaletteItems, type PaletteItem } from './usePaletteItems';

/** Ctrl K: every action, by its name. */
export function Palette() {
  const t = useT();
  const [open, setOpen] = useState(false);
  const [q, setQ] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  useAction('palette', () => {
    setQ('');
    setAt(0);
    setOpen(!open);
  });
  const items = usePaletteItems(q, open);
  const chosen = Math.min(at, items.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const run = (item: PaletteItem | undefined) => {
    if (!item) return;
    setOpen(false);
    // After the dialog has given the focus back, so that the action may take it.
    setTimeout(item.run, 60);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt((chosen + 1) % Math.max(1, items.length));
    else if (event.key === 'ArrowUp') setAt((chosen + items.length - 1) % Math.max(1, items.length));
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(items[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal.Root
      opened={open}
      onClose={() => setOpen(false)}
      size={560}
      yOffset="12vh"
      radius="lg"
      transitionProps={{ duration: 80, exitDuration: 0 }}
      // A class name of the content's own would go to the frame around it too.
      classNames={{ content: 'dialog palette' }}
    >
      <Modal.Overlay />
      <Modal.Content radius="lg" aria-label={t('act.palette')}>
        <div className="q">
          <Icon name="search" className="t3" />
          <input
            className="plain grow"
            placeholder={t('palette.placeholder')}
            aria-label={t('palette.placeholder')}
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={items[chosen] ? `palette-${chosen}` : undefined}
            value={q}
            onChange={(event) => {
              setQ(event.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={onKey}
            data-autofocus
          />
        </div>
        <div className="menu" id="palette-list" role="listbox" aria-label={t('act.palette')} ref={list}>
          {items.length === 0 && <p className="t3 pad">{t('palette.nothing', { q })}</p>}
          {items.map((item, index) => (
            <Fragment key={item.key}>
              {item.group !== items[index - 1]?.group && (
                <div className="hd" role="presentation">
                  {item.group}
                </div>
              )}
              <div
                id={`palette-${index}`}
                role="option"
                aria-selected={index === chosen}
                className={index === chosen ? 'it on' : 'it'}
                onMouseMove={() => setAt(index)}
                onClick={() => run(item)}
              >
                {item.person ? (
                  <Avatar name={item.person} size={16} />
                ) : (
                  <Icon name={item.icon} className="t2" />
                )}
                <span className="cut">
                  <Marked text={item.name} part={q} />{' '}
                  {item.aside && <span className="t3">{item.aside}</span>}
                </span>
                {item.keys && (
                  <span className="end">
                    <Kbd keys={item.keys} />
                  </span>
                )}
              </div>
            </Fragment>
          ))}
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
