import { useState } from 'react';
import type { Conversation, Message } from '../api/types';
import { useMe } from '../app/session';
import { useT, useTexts } from '../i18n';
import { hubWords } from '../i18n/hub';
import { clock, exactWhen } from '../lib/time';
import { Avatar } from '../ui/Avatar';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import { DeliveryMark } from './DeliveryMark';
import { Files } from './Files';
import { Letter } from './Letter';
import { MessageMenu } from './MessageMenu';
import { MessageText } from './MessageText';
import { Place } from './Place';

interface Props {
  message: Message;
  line: string;
  conversation: Conversation;
  showChannel: boolean;
  follows: boolean;
}

/** One message: theirs at the left, ours at the right. */
export function MessageItem({ message, line, conversation, showChannel, follows }: Props) {
  const t = useT();
  const out = message.direction === 'out';
  const { delivery } = message;
  const gone = message.retracted_at !== null || delivery?.state === 'cancelled';
  const classes = [
    'msg',
    out && 'out',
    delivery?.state === 'failed' && 'failed',
    follows && 'follows',
    gone && 'gone',
  ];
  const mail =
    message.channel?.kind === 'email' && (message.subject !== null || message.has_html || message.quoted);
  const pictures = message.files.some((file) => file.preview_url);
  return (
    <div className={classes.filter(Boolean).join(' ')} data-line={line}>
      {!out && (follows ? <span /> : <Avatar name={message.author.name} size={24} />)}
      <div className="min0">
        <Head
          message={message}
          showChannel={showChannel || !follows}
          follows={follows}
          conversation={conversation}
        />
        {gone ? (
          <div className="body taken-back">
            <Icon name="x" size="s" />
            {t(delivery?.state === 'cancelled' ? 'message.cancelled' : 'message.retracted')}
          </div>
        ) : (
          <>
            {message.place && <Place place={message.place} />}
            {pictures && <Files files={message.files.filter((file) => file.preview_url)} />}
            {mail ? (
              <Letter message={message} />
            ) : (
              message.text && (
                <div className="body">
                  <MessageText text={message.text} />
                </div>
              )
            )}
            <Files files={message.files.filter((file) => !file.preview_url)} />
            {message.buttons.length > 0 && (
              <div className="quick" aria-label={t('message.buttons')}>
                {message.buttons.map((button) => (
                  <span key={button.label} className="chip line">
                    {button.label}
                  </span>
                ))}
              </div>
            )}
            <Edited message={message} />
          </>
        )}
        {message.warnings.map((warning) => (
          <p key={warning} className="warning">
            <Icon name="warn" size="s" />
            {hubWords(warning, t)}
          </p>
        ))}
        {delivery && !gone && (
          <DeliveryMark message={message} delivery={delivery} conversation={conversation} />
        )}
      </div>
    </div>
  );
}

function Head({
  message,
  showChannel,
  follows,
  conversation,
}: Pick<Props, 'message' | 'showChannel' | 'follows' | 'conversation'>) {
  const { t, locale } = useTexts();
  const me = useMe();
  const out = message.direction === 'out';
  const channel = showChannel && message.channel && <ChannelIcon kind={message.channel.kind} size="s" said />;
  return (
    <div className={follows ? 'head quiet-head' : 'head'}>
      {out && <MessageMenu message={message} conversation={conversation} />}
      {!out && channel}
      {(message.author.kind === 'system' || message.author.kind === 'bot') && (
        <Icon name="bot" size="s" label={message.author.kind === 'bot' ? t('bot') : undefined} />
      )}
      {!follows && <b className="cut">{message.author.id === me.id ? t('you') : message.author.name}</b>}
      <time dateTime={message.at} title={exactWhen(message.at, locale)}>
        {clock(message.at, locale)}
      </time>
      {out && channel}
      {message.page && (
        <span className="cut">
          {t('message.from_page', { page: message.page.replace(/^https?:\/\//, '') })}
        </span>
      )}
      {!out && <MessageMenu message={message} conversation={conversation} />}
    </div>
  );
}

function Edited({ message }: { message: Message }) {
  const { t, locale } = useTexts();
  const [shown, setShown] = useState(false);
  if (!message.edited_at) return null;
  return (
    <div className="edited">
      <button type="button" className="fold" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {t('message.edited', { time: clock(message.edited_at, locale) })}
      </button>
      {shown &&
        message.versions.map((version) => (
          <blockquote key={version.at} className="version">
            <span className="t3 sm num">{exactWhen(version.at, locale)}</span>
            <MessageText text={version.text} />
          </blockquote>
        ))}
    </div>
  );
}
