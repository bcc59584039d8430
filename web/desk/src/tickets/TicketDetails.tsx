import { Select } from '@mantine/core';
import { api, ok } from '../api/client';
import { useOfficers } from '../api/queries';
import type { Ticket, TicketKind } from '../api/types';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { errorWords } from '../ui/Failed';
import { toast } from '../ui/toasts';
import { When } from '../ui/When';
import { useTicketAct } from './useTicketAct';

/** Kind, officer, times; what can be chosen is chosen in place. */
export function TicketDetails({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const me = useMe();
  const act = useTicketAct();
  const officers = (useOfficers().data ?? []).filter((one) => one.active || one.id === ticket.owner?.id);
  const change = (body: { kind?: TicketKind; owner_id?: string | null }) =>
    act.mutate(() => ok(api.PATCH('/tickets/{id}', { params: { path: { id: ticket.id } }, body })), {
      onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
    });
  return (
    <section className="block">
      <h3>{t('ticket.details')}</h3>
      <dl className="fields">
        <div>
          <dt>{t('status')}</dt>
          <dd>{t(`status.${ticket.status}`)}</dd>
        </div>
        <div>
          <dt>{t('ticket.kind')}</dt>
          <dd>
            <Select
              size="xs"
              aria-label={t('ticket.kind')}
              allowDeselect={false}
              data={(['complaint', 'request', 'question'] as const).map((one) => ({
                value: one,
                label: t(`ticket.kind.${one}`),
              }))}
              value={ticket.kind}
              onChange={(kind) => kind && change({ kind: kind as TicketKind })}
            />
          </dd>
        </div>
        <div>
          <dt>{t('officer')}</dt>
          <dd>
            <Select
              size="xs"
              aria-label={t('officer')}
              placeholder={t('officer.none')}
              clearable
              searchable
              data={officers.map((one) => ({ value: one.id, label: one.id === me.id ? t('you') : one.name }))}
              value={ticket.owner?.id ?? null}
              onChange={(owner_id) => change({ owner_id })}
            />
          </dd>
        </div>
        <div>
          <dt>{t('ticket.opened_at')}</dt>
          <dd>
            <When at={ticket.opened_at} full />
          </dd>
        </div>
        {ticket.solved_at && (
          <div>
            <dt>{t('status.solved')}</dt>
            <dd>
              <When at={ticket.solved_at} full />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
