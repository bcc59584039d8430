/** Where the visitor writes. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { Chat } from '../chat';
import { wordsOf, type Words } from '../messages';
import { MAX_FILES, type Trouble } from '../state';
import type { Upload } from '../uploads';
import { Icon } from './icons';

const EMOJI = [...'😀😂😊😍😘😉😅🤔😢😭😡😮🙏👍👎👌👏🙌💪❤🎉✨🔥☕'];
const TALLEST = 120;

export function Composer({ chat, focus }: { chat: Chat; focus: boolean }) {
  const { state } = chat;
  const words = wordsOf(chat);
  const { draft, uploads } = state;
  const field = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const [emoji, setEmoji] = useState(false);
  const going = uploads.some((upload) => upload.state === 'going');
  const empty = !draft.trim() && !uploads.some((upload) => upload.state === 'done');

  useEffect(() => {
    if (focus) field.current?.focus({ preventScroll: true });
  }, []);
  useLayoutEffect(() => {
    const it = field.current;
    if (!it) return;
    it.style.height = 'auto';
    it.style.height = `${Math.min(TALLEST, it.scrollHeight)}px`;
  }, [draft]);

  const send = () => {
    if (empty || going) return;
    chat.say(draft);
    setEmoji(false);
    field.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    // Enter chooses a word while one is being composed.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  };
  const insert = (sign: string) => {
    const it = field.current;
    if (!it) return;
    it.setRangeText(sign, it.selectionStart, it.selectionEnd, 'end');
    chat.write(it.value);
    it.focus();
  };
  const pasted = (event: ClipboardEvent) => {
    const pictures = [...(event.clipboardData?.files ?? [])];
    if (!pictures.length) return;
    event.preventDefault();
    chat.attach(pictures);
  };
  const chosen = () => {
    const it = files.current;
    if (!it) return;
    chat.attach([...(it.files ?? [])]);
    it.value = '';
    field.current?.focus();
  };

  return (
    <div class="foot">
      {state.trouble && (
        <p class="trouble" role="alert">
          {about(state.trouble, state.maxFile, words)}
        </p>
      )}
      {uploads.length > 0 && (
        <ul class="uploads">
          {uploads.map((upload) => (
            <Chip key={upload.key} chat={chat} upload={upload} />
          ))}
        </ul>
      )}
      {emoji && (
        <div class="emoji" role="group" aria-label={words.emoji}>
          {EMOJI.map((sign) => (
            <button key={sign} onClick={() => insert(sign)}>
              {sign}
            </button>
          ))}
        </div>
      )}
      <div class="write">
        <textarea
          ref={field}
          rows={1}
          value={draft}
          maxLength={state.maxText}
          placeholder={words.write}
          aria-label={words.write}
          onInput={(event) => chat.write(event.currentTarget.value)}
          onKeyDown={keys}
          onPaste={pasted}
        />
        <input ref={files} type="file" multiple hidden onChange={chosen} />
        <button
          class="ic"
          aria-label={words.attach}
          title={words.attach}
          onClick={() => files.current?.click()}
        >
          <Icon name="clip" />
        </button>
        <button
          class="ic"
          aria-label={words.emoji}
          title={words.emoji}
          aria-expanded={emoji}
          onClick={() => setEmoji(!emoji)}
        >
          <Icon name="smile" />
        </button>
        <button
          class="go"
          aria-label={words.send}
          title={words.send}
          aria-disabled={empty || going}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      </div>
    </div>
  );
}

function about(trouble: Trouble, maxFile: number, words: Words): string {
  if (trouble.kind === 'too_many') return words.too_many_files(MAX_FILES);
  if (trouble.kind === 'failed') return words.file_failed(trouble.name);
  return words.file_too_large(trouble.name, Math.floor(maxFile / 1024 / 1024));
}

function Chip({ chat, upload }: { chat: Chat; upload: Upload }) {
  return (
    <li class={upload.state === 'failed' ? 'bad' : ''}>
      {upload.preview ? <img src={upload.preview} alt="" /> : <Icon name="file" />}
      <span>{upload.name}</span>
      {upload.state === 'going' && <progress max={1} value={upload.progress} aria-label={upload.name} />}
      <button
        aria-label={`${wordsOf(chat).remove} ${upload.name}`}
        title={wordsOf(chat).remove}
        onClick={() => chat.detach(upload.key)}
      >
        <Icon name="x" small />
      </button>
    </li>
  );
}
