import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { Conversation } from '../api/types';
import { useT, useTexts } from '../i18n';
import { dayWords } from '../lib/time';
import { useNow } from '../lib/useNow';
import { Icon } from '../ui/Icon';
import { Activity } from './Activity';
import type { Entry, Heading } from './entries';
import { MailingLine } from './MailingLine';
import { MessageItem } from './MessageItem';
import { NoteItem } from './NoteItem';

/** One line of the thread. */
export const Line = memo(function Line({
  entry,
  conversation,
}: {
  entry: Entry;
  conversation: Conversation;
}) {
  const t = useT();
  switch (entry.kind) {
    case 'day':
      return <Day at={entry.at} line={entry.key} />;
    case 'new':
      return (
        <div className="sep new" data-line="new" role="separator">
          {t('thread.new')}
        </div>
      );
    case 'heading':
      return <HeadingLine heading={entry.conversation} line={entry.key} current={conversation.id} />;
    case 'event':
      return <Activity event={entry.event} line={entry.key} />;
    case 'mailing':
      return <MailingLine item={entry.item} line={entry.key} />;
    case 'message':
      return entry.message.direction === 'note' ? (
        <NoteItem message={entry.message} line={entry.key} />
      ) : (
        <MessageItem
          message={entry.message}
          line={entry.key}
          conversation={conversation}
          showChannel={entry.showChannel}
          follows={entry.follows}
        />
      );
  }
});

function Day({ at, line }: { at: string; line: string }) {
  const { t, locale } = useTexts();
  const now = useNow(60_000);
  return (
    <div className="sep" data-line={line} role="separator">
      {dayWords(at, now, locale, t)}
    </div>
  );
}

function HeadingLine({ heading, line, current }: { heading: Heading; line: string; current: string }) {
  const t = useT();
  const here = heading.id === current;
  const name = (
    <>
      {heading.number !== null && <span className="num">#{heading.number}</span>}{' '}
      {heading.subject ?? t('thread.conversation')}
    </>
  );
  return (
    <h2 className={here ? 'conv-head here' : 'conv-head'} data-line={line}>
      <Icon name={heading.solved ? 'check' : 'inbox'} size="s" className={heading.solved ? 'ok' : 't3'} />
      {here ? (
        <span className="cut">{name}</span>
      ) : (
        <Link
          className="cut"
          to="/inbox/$folder/$conversationId"
          params={{ folder: heading.solved ? 'solved' : 'open', conversationId: heading.id }}
        >
          {name}
        </Link>
      )}
      {heading.outcome ? (
        <span className="chip green">{heading.outcome}</span>
      ) : (
        heading.solved && <span className="chip">{t('status.solved')}</span>
      )}
    </h2>
  );
}
