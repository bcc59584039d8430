import type { Message } from '../api/types';
import { useOfficers } from '../api/queries';
import { useMe } from '../app/session';
import { useTexts } from '../i18n';
import { firstName } from '../lib/people';
import { clock, exactWhen } from '../lib/time';
import { Avatar } from '../ui/Avatar';
import { Icon } from '../ui/Icon';
import { Files } from './Files';
import { MessageText } from './MessageText';

/** A private note: yellow, and never for the customer. */
export function NoteItem({ message, line }: { message: Message; line: string }) {
  const { t, locale } = useTexts();
  const me = useMe();
  const officers = useOfficers().data ?? [];
  const names = officers.flatMap((one) => [one.name, firstName(one.name)]);
  return (
    <div className="note" data-line={line}>
      <div className="head">
        <Icon name="lock" size="s" />
        <b>{t('act.note')}</b>
        {message.author.kind === 'officer' ? (
          <Avatar name={message.author.name} officer={message.author.id ?? undefined} size={16} />
        ) : (
          <Icon name="bot" size="s" label={t('bot')} />
        )}
        <span className="cut">{message.author.id === me.id ? t('you') : message.author.name}</span>
        <time dateTime={message.at} title={exactWhen(message.at, locale)}>
          {clock(message.at, locale)}
        </time>
      </div>
      <MessageText text={message.text} names={names} />
      <Files files={message.files} />
    </div>
  );
}
