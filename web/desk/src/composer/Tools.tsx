import { Popover } from '@mantine/core';
import { useRef, useState } from 'react';
import { useT } from '../i18n';
import { IconButton } from '../ui/Button';
import { Pick } from '../ui/Pick';
import { offered, type Values } from './variables';

const emoji = [...'😊🙏👍😀😅😉😍🤗😌😔😢😮🤔👌👏🙌💪❤️✨🎉✅❌⚠️📦🚚📍📞📧🕐📅💰☕🌱🎁🔥⭐🙂🤝'].filter(
  (one) => one !== '\uFE0F',
);

interface Props {
  note: boolean;
  buttons: boolean;
  values: Values;
  onFiles: (files: FileList) => void;
  onInsert: (text: string) => void;
  onButtons: () => void;
}

/** The row of tools under the text. */
export function Tools({ note, buttons, values, onFiles, onInsert, onButtons }: Props) {
  const t = useT();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          if (event.currentTarget.files) onFiles(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      <IconButton icon="clip" label={t('composer.attach')} onClick={() => picker.current?.click()} />
      <EmojiButton onInsert={onInsert} />
      <IconButton icon="canned" label={`${t('composer.canned')} (/)`} onClick={() => onInsert('/')} />
      <Pick
        position="top-start"
        target={<IconButton icon="braces" label={t('composer.variable')} className="wide" />}
      >
        {offered.map(({ title, of }) => (
          <Pick.Item
            key={title}
            rightSection={<span className="t3 sm cut">{of(values)}</span>}
            onClick={() => onInsert(of(values))}
          >
            {t(title)}
          </Pick.Item>
        ))}
      </Pick>
      {note && <IconButton icon="at" label={`${t('composer.mention')} (@)`} onClick={() => onInsert('@')} />}
      {!note && buttons && (
        <IconButton icon="bolt" label={t('composer.buttons')} className="wide" onClick={onButtons} />
      )}
    </>
  );
}

function EmojiButton({ onInsert }: { onInsert: (text: string) => void }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <IconButton icon="smile" label={t('composer.emoji')} onClick={() => setOpen(!open)} />
      </Popover.Target>
      <Popover.Dropdown className="menu emoji-grid">
        {emoji.map((one) => (
          <button
            key={one}
            type="button"
            className="emoji"
            onClick={() => {
              setOpen(false);
              onInsert(one);
            }}
          >
            {one}
          </button>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
