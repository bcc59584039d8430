import { Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { useContact } from '../api/queries';
import type { Ticket } from '../api/types';
import { useT } from '../i18n';
import { Button, IconButton } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Dialog } from '../ui/Dialog';
import { errorWords, FormError } from '../ui/Failed';
import { toast } from '../ui/toasts';
import { useTicketAct } from './useTicketAct';
import { reachable } from '../ui/reachable';

/** The conversations that speak of this ticket. */
export function TicketConversations({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const act = useTicketAct();
  const [linking, setLinking] = useState(false);
  const remove = (conversation_id: string) =>
    act.mutate(
      () =>
        ok(
          api.DELETE('/tickets/{id}/conversations/{conversation_id}', {
            params: { path: { id: ticket.id, conversation_id } },
          }),
        ),
      { onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }) },
    );
  return (
    <section className="sect">
      <h2>
        {t('ticket.conversations')} <span className="count">{ticket.conversations.length}</span>
        <button type="button" className="link end" onClick={() => setLinking(true)}>
          {t('ticket.link_another')}
        </button>
      </h2>
      <div className="card scroll-x" ref={reachable}>
        <table>
          <thead>
            <tr>
              <th>{t('thread.conversation')}</th>
              <th>{t('channel')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {ticket.conversations.map((one) => (
              <tr key={one.id}>
                <td>
                  <Link
                    className="m plain-link"
                    to="/inbox/$folder/$conversationId"
                    params={{ folder: 'open', conversationId: one.id }}
                  >
                    <span className="num">#{one.number}</span> {one.subject ?? ticket.contact.name}
                  </Link>
                </td>
                <td>
                  <ChannelIcon kind={one.channel_kind} size="s" said />
                </td>
                <td className="r">
                  {ticket.conversations.length > 1 && (
                    <IconButton
                      icon="x"
                      label={t('ticket.unlink')}
                      className="tight"
                      onClick={() => remove(one.id)}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {linking && <LinkDialog ticket={ticket} onClose={() => setLinking(false)} />}
    </section>
  );
}

function LinkDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const t = useT();
  const act = useTicketAct();
  const [chosen, setChosen] = useState<string | null>(null);
  const linked = new Set(ticket.conversations.map((one) => one.id));
  const open = (useContact(ticket.contact.id).data?.open_conversations ?? []).filter(
    (one) => !linked.has(one.id),
  );
  const link = () =>
    act.mutate(
      () =>
        ok(
          api.POST('/tickets/{id}/conversations', {
            params: { path: { id: ticket.id } },
            body: { conversation_id: chosen ?? '' },
          }),
        ),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t('ticket.link_another')}
      onClose={onClose}
      onSubmit={link}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!chosen}>
            {t('ticket.attach_do')}
          </Button>
        </>
      }
    >
      <Select
        label={t('ticket.open_conversations')}
        placeholder={open.length ? undefined : t('ticket.no_conversations')}
        data={open.map((row) => ({ value: row.id, label: `#${row.number} ${row.subject ?? row.preview}` }))}
        value={chosen}
        onChange={setChosen}
        data-autofocus
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
