import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/keys';
import type { Conversation, Problem } from '../api/types';
import { useTexts } from '../i18n';
import { firstName } from '../lib/people';
import { clock } from '../lib/time';
import { agoWords } from '../lib/time';
import { flatLine, type Line } from '../lib/timeline';
import { useNow } from '../lib/useNow';
import { MessageText } from '../thread/MessageText';
import { Avatar } from '../ui/Avatar';
import { Button } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Dialog } from '../ui/Dialog';

interface Props {
  problem: Problem;
  conversation: Conversation;
  onSee: () => void;
  onAnyway: () => void;
  onDiscard: () => void;
}

/** A colleague was faster: nothing is sent until the officer has chosen. */
export function AnsweredDialog({ problem, conversation, onSee, onAnyway, onDiscard }: Props) {
  const { t, locale } = useTexts();
  const now = useNow(1000);
  const client = useQueryClient();
  const items = flatLine(client.getQueryData<Line>(keys.timeline(conversation.contact.id)));
  const found = items.find((item) => item.type === 'message' && item.message.id === problem.message_id);
  const message = found?.type === 'message' ? found.message : undefined;
  const { by } = problem;
  const name = by ? firstName(by.name) : t('officer');
  const ago = problem.at ? agoWords(problem.at, now, t) : '';
  return (
    <Dialog
      title={t('answered.title', { name, ago })}
      onClose={onSee}
      foot={
        <>
          <Button look="quiet" onClick={onDiscard}>
            {t('answered.discard')}
          </Button>
          <Button onClick={onAnyway}>{t('answered.anyway')}</Button>
          <Button look="primary" onClick={onSee} data-autofocus>
            {t('answered.see')}
          </Button>
        </>
      }
    >
      {message && by && (
        <div className="card answered">
          <div className="row sm t3">
            <Avatar name={by.name} officer={by.id} size={16} />
            <b className="m">{by.name}</b>
            <time>{clock(message.at, locale)}</time>
            {message.channel && <ChannelIcon kind={message.channel.kind} size="s" />}
          </div>
          <MessageText text={message.text} />
        </div>
      )}
      <p className="t2">{t('answered.draft')}</p>
    </Dialog>
  );
}
