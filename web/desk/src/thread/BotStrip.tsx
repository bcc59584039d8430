import type { Conversation } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { useCharge } from './useCharge';

/** That a bot answers here, and how a person takes over. */
export function BotStrip({
  conversation,
  bot,
}: {
  conversation: Conversation;
  bot: NonNullable<Conversation['bot']>;
}) {
  const t = useT();
  const charge = useCharge();
  return (
    <div className="strip bot-strip" role="status">
      <span className="bot-mark">
        <Icon name="bot" />
      </span>
      <span className="m nowrap">{t('bot.in_charge', { name: bot.name })}</span>
      <span className="sm t3 cut min0 wide">{t('bot.in_charge_text')}</span>
      <span className="grow" />
      {can(useMe(), 'conversations:write') && (
        <Button
          small
          busy={charge.isPending}
          onClick={() => charge.mutate({ id: conversation.id, bot: false, from: bot.name })}
        >
          {t('bot.take_over')}
        </Button>
      )}
    </div>
  );
}
