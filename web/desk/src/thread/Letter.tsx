import { useState } from 'react';
import type { Message } from '../api/types';
import { useT } from '../i18n';
import { Icon } from '../ui/Icon';
import { MessageText } from './MessageText';

/** A mail: subject and recipients above, the quoted part folded, the sender's own layout on demand. */
export function Letter({ message }: { message: Message }) {
  const t = useT();
  const [quoted, setQuoted] = useState(false);
  const [formatted, setFormatted] = useState(!message.text.trim() && message.has_html);
  const [tall, setTall] = useState(false);
  const others = [...message.also_to, ...message.cc];
  return (
    <div className="body letter">
      {(message.subject ?? message.address) && (
        <div className="subj">
          {message.subject && <b>{message.subject}</b>}
          {message.address && (
            <span>
              {t(message.direction === 'in' ? 'message.from' : 'message.to', { address: message.address })}
              {others.length > 0 && ` · ${t('message.cc', { cc: others.join(', ') })}`}
              {message.bcc.length > 0 && ` · ${t('message.bcc', { bcc: message.bcc.join(', ') })}`}
            </span>
          )}
        </div>
      )}
      {formatted && message.html_url ? (
        <>
          <iframe
            className={tall ? 'html tall' : 'html'}
            sandbox=""
            src={message.html_url}
            title={message.subject ?? t('message.formatted')}
            loading="lazy"
            referrerPolicy="no-referrer"
          />
          <div className="text folds">
            <Fold
              open={tall}
              onClick={() => setTall(!tall)}
              words={t(tall ? 'message.less' : 'message.whole')}
            />
            <Fold open onClick={() => setFormatted(false)} words={t('message.as_text')} />
          </div>
        </>
      ) : (
        <div className="text">
          <MessageText text={message.text} />
          {(message.quoted || message.html_url) && (
            <div className="folds">
              {message.quoted && (
                <Fold
                  open={quoted}
                  onClick={() => setQuoted(!quoted)}
                  words={t(quoted ? 'message.hide_quoted' : 'message.quoted')}
                />
              )}
              {message.html_url && (
                <Fold open={false} onClick={() => setFormatted(true)} words={t('message.formatted')} />
              )}
            </div>
          )}
          {quoted && message.quoted && (
            <blockquote className="quoted">
              <MessageText text={message.quoted} />
            </blockquote>
          )}
        </div>
      )}
    </div>
  );
}

function Fold({ open, onClick, words }: { open: boolean; onClick: () => void; words: string }) {
  return (
    <button type="button" className="fold" aria-expanded={open} onClick={onClick}>
      <Icon name="more" size="xs" />
      {words}
    </button>
  );
}
