import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Conversation, ConversationRow } from '../api/types';
import { AssignMenu } from '../inbox/AssignMenu';
import { LabelMenu } from '../inbox/LabelMenu';
import { SnoozeMenu } from '../inbox/SnoozeMenu';
import { useChange } from '../inbox/useChange';
import { useT } from '../i18n';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useAction } from '../keys/ActionsProvider';
import { TicketDialog } from '../tickets/TicketDialog';
import { Avatar } from '../ui/Avatar';
import { Button, IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';
import { Looking } from './Looking';
import { useCharge } from './useCharge';

interface Props {
  row: ConversationRow | undefined;
  conversation: Conversation | undefined;
  onBack: () => void;
  onCustomer: () => void;
}

/** Name, reference, and what can be done with the conversation. */
export function ThreadHead({ row, conversation, onBack, onCustomer }: Props) {
  const t = useT();
  const change = useChange();
  const charge = useCharge();
  const me = useMe();
  const client = useQueryClient();
  const [menu, setMenu] = useState<'assign' | 'snooze' | 'label' | null>(null);
  const [filing, setFiling] = useState(false);
  const shows = (name: typeof menu) => ({
    opened: menu === name,
    onOpened: (opened: boolean) => setMenu(opened ? name : null),
  });
  const solved = row?.status === 'solved';
  const solve = () => row && change(row, { status: solved ? 'open' : 'solved' });
  const unread = () => {
    if (!row) return;
    window.dispatchEvent(new CustomEvent('sapa:unread', { detail: row.id }));
    void ok(api.POST('/conversations/{id}/unread', { params: { path: { id: row.id } } })).then(() =>
      client.invalidateQueries({ queryKey: keys.conversation(row.id) }),
    );
  };
  const ready = conversation !== undefined;
  useAction('assign', () => setMenu('assign'), ready);
  useAction('snooze', () => setMenu('snooze'), ready);
  useAction('label', () => setMenu('label'), ready);
  useAction('solve', solve, ready);
  useAction('unread', unread, ready);
  useAction('ticket', () => setFiling(true), ready);
  return (
    <div className="bar thread-bar">
      <IconButton icon="left" label={t('back')} className="phone-only" onClick={onBack} />
      <h1 className="cut">{row?.contact.name}</h1>
      {row && <span className="ref wide">#{row.number}</span>}
      <span className="grow" />
      {row && conversation && (
        <>
          <Looking id={row.id} />
          <AssignMenu
            current={row.assignee?.id ?? null}
            team={row.team?.id ?? null}
            onAssign={(assignee_id) => change(row, { assignee_id })}
            onTeam={(team_id) => change(row, { team_id })}
            {...shows('assign')}
          >
            <button
              type="button"
              className="ib"
              title={`${row.assignee ? t('list.assigned', { name: row.assignee.name }) : t('list.nobody')} (a)`}
              aria-label={row.assignee ? t('list.assigned', { name: row.assignee.name }) : t('act.assign')}
            >
              {row.assignee ? (
                <Avatar name={row.assignee.name} officer={row.assignee.id} size={20} />
              ) : (
                <Icon name="ring" />
              )}
            </button>
          </AssignMenu>
          <SnoozeMenu
            onSnooze={(snoozed_until) => change(row, { status: 'snoozed', snoozed_until })}
            {...shows('snooze')}
          >
            <IconButton icon="snooze" label={`${t('act.snooze')} (s)`} className="wide" />
          </SnoozeMenu>
          <LabelMenu labels={row.labels} onChange={(labels) => change(row, { labels })} {...shows('label')}>
            <span>
              <Pick target={<IconButton icon="more" label={t('more')} />}>
                <Pick.Item leftSection={<Icon name="ticket" />} onClick={() => setFiling(true)}>
                  {t('ticket.new')}
                </Pick.Item>
                <Pick.Item leftSection={<Icon name="tag" />} onClick={() => setMenu('label')}>
                  {t('act.label')}
                </Pick.Item>
                <Pick.Item leftSection={<Icon name="snooze" />} onClick={() => setMenu('snooze')}>
                  {t('act.snooze')}
                </Pick.Item>
                {!conversation.bot && conversation.channel_bot && can(me, 'conversations:write') && (
                  <Pick.Item
                    leftSection={<Icon name="bot" />}
                    onClick={() => charge.mutate({ id: row.id, bot: true })}
                  >
                    {t('bot.give_back', { name: conversation.channel_bot.name })}
                  </Pick.Item>
                )}
                <Pick.Item leftSection={<Icon name="ring" />} onClick={unread}>
                  {t('act.unread')}
                </Pick.Item>
                <Pick.Item
                  leftSection={<Icon name="link" />}
                  onClick={() =>
                    void navigator.clipboard.writeText(`${location.origin}/inbox/open/${row.id}`)
                  }
                >
                  {t('thread.copy_link')}
                </Pick.Item>
                <Pick.Item leftSection={<Icon name="cols" />} onClick={onCustomer}>
                  {t('act.customer')}
                </Pick.Item>
              </Pick>
            </span>
          </LabelMenu>
          <button
            type="button"
            className="customer-button"
            aria-label={t('customer.title')}
            onClick={onCustomer}
          >
            <Avatar name={row.contact.name} size={24} />
          </button>
          <Button small icon={solved ? 'reopen' : 'check'} onClick={solve} title="e">
            {solved ? t('thread.reopen') : t('thread.solve')}
          </Button>
        </>
      )}
      {filing && conversation && (
        <TicketDialog conversation={conversation} onClose={() => setFiling(false)} />
      )}
    </div>
  );
}
