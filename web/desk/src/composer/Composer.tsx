import { Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  useEffect,
  useId,
  useRef,
  useState,
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
} from 'react';
import { flushSync } from 'react-dom';
import { keys } from '../api/keys';
import { useOfficers } from '../api/queries';
import type { Conversation } from '../api/types';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { useAction } from '../keys/ActionsProvider';
import { AnsweredDialog } from './AnsweredDialog';
import { Attachments } from './Attachments';
import { ChannelMenu } from './ChannelMenu';
import { knowFile } from './knownFiles';
import { Limit } from './Limit';
import { MailFields } from './MailFields';
import { QuickReplies } from './QuickReplies';
import { SendButton } from './SendButton';
import { Suggest } from './Suggest';
import { Tools } from './Tools';
import { mentionedIn } from './trigger';
import { useDraft } from './useDraft';
import { useFiles } from './useFiles';
import { useLastCopies } from './useLastCopies';
import { useSeen } from './useSeen';
import { useSend } from './useSend';
import { useSuggest } from './useSuggest';
import { useTyping } from './useTyping';
import type { Kind, Writing } from './writing';

/** Where answers and notes are written. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const t = useT();
  const me = useMe();
  const client = useQueryClient();
  const listId = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const [over, setOver] = useState(false);
  const [quick, setQuick] = useState(false);
  const draft = useDraft(conversation);
  const { writing, set, state } = draft;
  const { kind } = writing;
  const note = kind === 'note';
  const text = writing.texts[kind];
  const attached = writing.files[kind];
  const officers = useOfficers().data ?? [];
  const reply =
    conversation.reply_channels.find((one) => one.channel.id === writing.channelId && one.reachable) ??
    conversation.reply_channels.find((one) => one.reachable);
  const merge = (some: Partial<Writing>) => set((before) => ({ ...before, ...some }));
  const files = useFiles(note ? null : (reply?.max_file ?? null), (file) => {
    knowFile(file);
    set((before) => ({ ...before, files: { ...before.files, [kind]: [...before.files[kind], file] } }));
  });
  const copies = useLastCopies(conversation);
  const seen = useSeen(conversation, text);
  const typed = useTyping(conversation.id, !note);
  const sending = useSend(conversation, draft);

  const write = (next: string, at?: number) => {
    const put = () => set((before) => ({ ...before, texts: { ...before.texts, [before.kind]: next } }));
    if (at === undefined) return put();
    // At once: what is typed next goes behind what was put in.
    flushSync(() => {
      put();
      setCaret(at);
    });
    box.current?.focus();
    box.current?.setSelectionRange(at, at);
  };
  const insert = (what: string) => {
    const from = box.current?.selectionStart ?? text.length;
    const to = box.current?.selectionEnd ?? from;
    const lookup = what === '/' || what === '@';
    const gap = lookup && from > 0 && !/\s/.test(text[from - 1] ?? ' ') ? ' ' : '';
    write(text.slice(0, from) + gap + what + text.slice(to), from + gap.length + what.length);
  };
  const suggest = useSuggest({ conversation, text, caret, note, write });

  const most = note ? 100_000 : (reply?.max_text ?? 100_000);
  const full = [...text].length > most;
  const nothing = !text.trim() && attached.length === 0;
  const blocked = nothing || full || files.busy || (!note && !reply) || sending.busy;
  const send = (how: { solve?: boolean; at?: string }) => {
    if (blocked) return;
    typed.stop();
    const letters = !note && reply?.letters;
    sending.send(
      {
        kind,
        text: text.trim(),
        channel_id: note ? undefined : reply?.channel.id,
        identity_id: note ? undefined : reply?.identity.id,
        subject: (letters && writing.subject) || undefined,
        cc: letters && writing.cc.length ? writing.cc : undefined,
        bcc: letters && writing.bcc.length ? writing.bcc : undefined,
        files: attached.length ? attached.map((file) => file.id) : undefined,
        buttons:
          !note && reply?.buttons && writing.buttons.length
            ? writing.buttons.map((label) => ({ label }))
            : undefined,
        send_at: how.at,
        solve: how.solve,
        seen_seq: seen.seq,
        mentions: note ? mentionedIn(text, officers) : undefined,
      },
      attached,
    );
  };
  const focus = (to: Kind) => {
    if (kind !== to) set((before) => ({ ...before, kind: to }));
    requestAnimationFrame(() => box.current?.focus());
  };
  useAction('reply', () => focus('reply'));
  useAction('note', () => focus('note'));
  useAction('send', () => send({}), !blocked);
  useAction('send_solve', () => send({ solve: true }), !blocked);
  useEffect(() => setQuick(false), [kind]);

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (suggest.onKey(event)) return;
    if (event.key === 'Escape') box.current?.blur();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    files.add(event.clipboardData.files);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    files.add(event.dataTransfer.files);
  };
  const values = { name: conversation.contact.name, officer: me.name, number: conversation.number };
  return (
    <section
      className={['composer', note && 'noting', over && 'over'].filter(Boolean).join(' ')}
      aria-label={t(note ? 'act.note' : 'act.reply')}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {suggest.open && (
        <Suggest id={listId} title={suggest.title} choices={suggest.choices} at={suggest.at} />
      )}
      <div className="top">
        <div className="row tablist" role="tablist">
          {(['reply', 'note'] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={kind === one}
              className={kind === one ? 'tab on' : 'tab'}
              onClick={() => focus(one)}
            >
              {t(`act.${one}`)}
            </button>
          ))}
        </div>
        {!note && (
          <ChannelMenu
            conversation={conversation}
            chosen={reply}
            onChoose={(channelId) => merge({ channelId })}
          />
        )}
        {note && <span className="via sm nt">{t('composer.note_hint')}</span>}
      </div>
      {!note && reply?.letters && (
        <MailFields key={conversation.id} writing={writing} to={reply} before={copies} onChange={merge} />
      )}
      <Textarea
        ref={box}
        variant="unstyled"
        autosize
        minRows={2}
        maxRows={12}
        classNames={{ input: 'edit' }}
        aria-label={t(note ? 'act.note' : 'act.reply')}
        placeholder={t(note ? 'composer.note_placeholder' : 'composer.placeholder')}
        role={suggest.open ? 'combobox' : undefined}
        aria-expanded={suggest.open || undefined}
        aria-controls={suggest.open ? listId : undefined}
        aria-activedescendant={suggest.open ? `${listId}-${suggest.at}` : undefined}
        value={text}
        onChange={(event) => {
          setCaret(event.currentTarget.selectionStart);
          write(event.currentTarget.value);
          typed.go();
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onBlur={typed.stop}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <Attachments
        files={attached}
        uploads={files.uploads}
        onRemove={(id) =>
          merge({ files: { ...writing.files, [kind]: attached.filter((file) => file.id !== id) } })
        }
      />
      {!note && reply?.buttons && (quick || writing.buttons.length > 0) && (
        <QuickReplies labels={writing.buttons} onChange={(buttons) => merge({ buttons })} />
      )}
      <div className="foot">
        <Tools
          note={note}
          buttons={reply?.buttons ?? false}
          values={values}
          onFiles={files.add}
          onInsert={insert}
          onButtons={() => setQuick(!quick)}
        />
        <span className="saved" role="status">
          <Limit length={[...text].length} most={most}>
            {state !== 'idle' && t(`draft.${state}`)}
          </Limit>
        </span>
        <SendButton note={note} disabled={blocked} busy={sending.busy} onSend={send} />
      </div>
      {sending.faster && (
        <AnsweredDialog
          problem={sending.faster.problem}
          conversation={conversation}
          onSee={() => {
            seen.renew();
            sending.see();
            void client.invalidateQueries({ queryKey: keys.timeline(conversation.contact.id) });
          }}
          onAnyway={sending.anyway}
          onDiscard={() => {
            sending.see();
            write('');
          }}
        />
      )}
    </section>
  );
}
