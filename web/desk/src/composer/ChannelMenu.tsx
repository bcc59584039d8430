import type { Conversation, ReplyChannel } from '../api/types';
import { useT } from '../i18n';
import { hubWords } from '../i18n/hub';
import { ChannelIcon, useKindName } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';

/** By which channel the answer goes: the customer's last one first. */
export function ChannelMenu({
  conversation,
  chosen,
  onChoose,
}: {
  conversation: Conversation;
  chosen: ReplyChannel | undefined;
  onChoose: (channel: string) => void;
}) {
  const t = useT();
  const kindName = useKindName();
  if (!chosen) return <span className="via sm bad">{t('composer.unreachable')}</span>;
  return (
    <Pick
      width={300}
      target={
        <button
          type="button"
          className="btn small quiet via"
          aria-label={t('composer.by', {
            channel: `${kindName(chosen.channel.kind)}, ${chosen.channel.name}`,
          })}
        >
          <ChannelIcon kind={chosen.channel.kind} size="s" />
          <span className="wide">{kindName(chosen.channel.kind)}</span>
          <Icon name="down" size="xs" />
        </button>
      }
    >
      <Pick.Label>{t('composer.answer_by')}</Pick.Label>
      {conversation.reply_channels.map((one) => (
        <Pick.Item
          key={`${one.channel.id} ${one.identity.id}`}
          disabled={!one.reachable}
          leftSection={<ChannelIcon kind={one.channel.kind} />}
          rightSection={one === chosen && <Icon name="check" size="s" />}
          onClick={() => onChoose(one.channel.id)}
        >
          {kindName(one.channel.kind)}
          <span className="t3 sm block cut">
            {one.reachable ? one.identity.shown : one.why_not && hubWords(one.why_not, t)}
          </span>
        </Pick.Item>
      ))}
    </Pick>
  );
}
