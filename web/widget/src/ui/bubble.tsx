/** One thing said: its words, as text and never as HTML, and its files. */

import { useState } from 'preact/hooks';

import type { Chat } from '../chat';
import { wordsOf } from '../messages';
import { linkify } from '../linkify';
import { sizeLabel } from '../time';
import type { SentFile } from '../types';
import { Icon } from './icons';

const PICTURE = /^image\/(png|jpeg|gif|webp)$/;

function Text({ text }: { text: string }) {
  return linkify(text).map(({ text, href }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {text}
      </a>
    ) : (
      text
    ),
  );
}

function Attached({ chat, file }: { chat: Chat; file: SentFile }) {
  const [broken, setBroken] = useState(!file.url);
  const url = chat.address(file);
  if (PICTURE.test(file.media_type) && !broken) {
    return (
      <a class="pic" href={url} target="_blank" rel="noopener noreferrer">
        <img src={url} alt={file.name} loading="lazy" onError={() => setBroken(true)} />
      </a>
    );
  }
  const inside = (
    <>
      <Icon name="file" />
      <span>
        <b>{file.name}</b>
        <small>{sizeLabel(file.size)}</small>
      </span>
    </>
  );
  return file.url.startsWith('/') ? (
    <a class="file" href={url} target="_blank" rel="noopener noreferrer">
      {inside}
    </a>
  ) : (
    <span class="file">{inside}</span>
  );
}

interface Said {
  chat: Chat;
  text: string;
  files: SentFile[];
  last?: boolean;
  faint?: boolean;
  edited?: boolean | undefined;
  retracted?: boolean | undefined;
}

export function Bubble({ chat, text, files, last, faint, edited, retracted }: Said) {
  if (retracted) return <div class="say gone">{wordsOf(chat).retracted}</div>;
  return (
    <>
      {files.map((file) => (
        <Attached key={file.id} chat={chat} file={file} />
      ))}
      {text && (
        <div class={`say${last ? ' last' : ''}${faint ? ' faint' : ''}`} dir="auto">
          <Text text={text} />
          {edited && <small class="edited"> ({wordsOf(chat).edited})</small>}
        </div>
      )}
    </>
  );
}
