import { Select, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { useCategories, useOfficers, useTeams } from '../api/queries';
import type { Severity, Ticket, TicketChange, TicketKind } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { localInput } from '../lib/time';
import { errorWords } from '../ui/Failed';
import { toast } from '../ui/toasts';
import { When } from '../ui/When';
import { TermSelect } from './TermSelect';
import { kinds, severities } from './TicketDialog';
import { useTicketAct } from './useTicketAct';

/** Who sees to it, how bad it is, until when; what can be chosen is chosen in place. */
export function TicketDetails({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const me = useMe();
  const act = useTicketAct();
  const reads = !can(me, 'tickets:write');
  const categories = useCategories().data ?? [];
  const teams = useTeams().data ?? [];
  const officers = (useOfficers().data ?? []).filter((one) => one.active || one.id === ticket.owner?.id);
  const change = (body: TicketChange) =>
    act.mutate(() => ok(api.PATCH('/tickets/{id}', { params: { path: { id: ticket.id } }, body })), {
      onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }),
    });
  return (
    <section className="block">
      <h3>{t('ticket.details')}</h3>
      <dl className="fields">
        <div>
          <dt>{t('ticket.kind')}</dt>
          <dd>
            <Select
              size="xs"
              aria-label={t('ticket.kind')}
              allowDeselect={false}
              readOnly={reads}
              data={kinds.map((one) => ({ value: one, label: t(`ticket.kind.${one}`) }))}
              value={ticket.kind}
              onChange={(kind) => kind && change({ kind: kind as TicketKind })}
            />
          </dd>
        </div>
        <div>
          <dt>{t('ticket.category')}</dt>
          <dd>
            <TermSelect
              size="xs"
              aria-label={t('ticket.category')}
              readOnly={reads}
              terms={categories}
              value={ticket.category?.id ?? null}
              onChange={(category_id) => change({ category_id })}
            />
          </dd>
        </div>
        <div>
          <dt>{t('ticket.severity')}</dt>
          <dd>
            <Select
              size="xs"
              aria-label={t('ticket.severity')}
              allowDeselect={false}
              readOnly={reads}
              data={severities.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
              value={ticket.severity}
              onChange={(severity) => severity && change({ severity: severity as Severity })}
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
              readOnly={reads}
              data={officers.map((one) => ({ value: one.id, label: one.id === me.id ? t('you') : one.name }))}
              value={ticket.owner?.id ?? null}
              onChange={(owner_id) => change({ owner_id })}
            />
          </dd>
        </div>
        <div>
          <dt>{t('team')}</dt>
          <dd>
            <Select
              size="xs"
              aria-label={t('team')}
              placeholder={t('ticket.no_team')}
              clearable
              readOnly={reads}
              data={teams.map((one) => ({ value: one.id, label: one.name }))}
              value={ticket.team?.id ?? null}
              onChange={(team_id) => change({ team_id })}
            />
          </dd>
        </div>
        <div>
          <dt>{t('ticket.due')}</dt>
          <dd>
            <TextInput
              key={ticket.due_at}
              type="datetime-local"
              size="xs"
              aria-label={t('ticket.due')}
              readOnly={reads}
              defaultValue={ticket.due_at ? localInput(new Date(ticket.due_at)) : ''}
              onBlur={(event) => {
                const { value } = event.currentTarget;
                const before = ticket.due_at ? localInput(new Date(ticket.due_at)) : '';
                if (value !== before) change({ due_at: value ? new Date(value).toISOString() : null });
              }}
            />
          </dd>
        </div>
        <div>
          <dt>{t('ticket.opened_at')}</dt>
          <dd>
            <When at={ticket.opened_at} full />
          </dd>
        </div>
        {ticket.follows && (
          <div>
            <dt>{t('ticket.follows')}</dt>
            <dd>
              <Link to="/tickets/$ticketId" params={{ ticketId: ticket.follows.id }} className="num">
                {ticket.follows.number}
              </Link>
            </dd>
          </div>
        )}
        {ticket.followed_by.length > 0 && (
          <div>
            <dt>{t('ticket.followed_by')}</dt>
            <dd className="row gap1 wrap">
              {ticket.followed_by.map((one) => (
                <Link key={one.id} to="/tickets/$ticketId" params={{ ticketId: one.id }} className="num">
                  {one.number}
                </Link>
              ))}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
