import { api, ok } from '../api/client';
import { useCategories, useCauses } from '../api/queries';
import type { Ticket } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useTexts } from '../i18n';
import { moneyWords } from '../lib/money';
import { pathOf } from '../lib/terms';
import { Avatar } from '../ui/Avatar';
import { errorWords } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toasts';
import { When } from '../ui/When';
import { TermSelect } from './TermSelect';
import { useTicketAct } from './useTicketAct';

/** Why it happened, and what was done for the customer. */
export function TicketMatter({ ticket }: { ticket: Ticket }) {
  const { t, locale } = useTexts();
  const me = useMe();
  const act = useTicketAct();
  const categories = useCategories().data ?? [];
  const causes = useCauses().data ?? [];
  const solved = ticket.status === 'solved';
  const setCause = (cause_id: string | null) =>
    act.mutate(
      () => ok(api.PATCH('/tickets/{id}', { params: { path: { id: ticket.id } }, body: { cause_id } })),
      { onError: (error) => toast({ text: errorWords(error, t), icon: 'alert', tone: 'bad' }) },
    );
  return (
    <section className="sect two">
      <div className="card pad">
        <h3>
          <Icon name="search" />
          {t('ticket.cause')}
        </h3>
        <dl className="fields">
          <div>
            <dt>{t('ticket.category')}</dt>
            <dd>
              {ticket.category ? (
                pathOf(categories, ticket.category.id) || ticket.category.name
              ) : (
                <span className="t3">{t('ticket.no_category')}</span>
              )}
            </dd>
          </div>
          <div>
            <dt>{t('ticket.root_cause')}</dt>
            <dd>
              {solved || !can(me, 'tickets:write') ? (
                <>
                  {ticket.cause ? (
                    pathOf(causes, ticket.cause.id) || ticket.cause.name
                  ) : (
                    <span className="t3">{t('ticket.no_cause')}</span>
                  )}
                </>
              ) : (
                <TermSelect
                  size="xs"
                  aria-label={t('ticket.root_cause')}
                  placeholder={t('ticket.no_cause')}
                  terms={causes}
                  value={ticket.cause?.id ?? null}
                  onChange={setCause}
                />
              )}
            </dd>
          </div>
        </dl>
      </div>
      <div className="card pad">
        <h3>
          <Icon name="box" />
          {t(ticket.kind === 'complaint' ? 'ticket.remedy' : 'ticket.answer')}
          {solved && <Icon name="check" className="ok" label={t('status.solved')} />}
        </h3>
        {ticket.remedy ? (
          <dl className="fields remedy">
            <div>
              <dt>{t(solved ? 'ticket.for_customer' : 'ticket.before')}</dt>
              <dd className="outcome">{ticket.remedy}</dd>
            </div>
            {ticket.remedy_cost && (
              <div>
                <dt>{t('ticket.cost')}</dt>
                <dd className="num">{moneyWords(ticket.remedy_cost, locale)}</dd>
              </div>
            )}
            {ticket.solved_at && (
              <div>
                <dt>{t('status.solved')}</dt>
                <dd className="row gap1 wrap">
                  {ticket.solved_by && (
                    <>
                      <Avatar name={ticket.solved_by.name} officer={ticket.solved_by.id} size={16} />
                      {ticket.solved_by.id === me.id ? t('you') : ticket.solved_by.name},
                    </>
                  )}
                  <When at={ticket.solved_at} full />
                </dd>
              </div>
            )}
          </dl>
        ) : (
          <p className="t3">{t('ticket.no_remedy')}</p>
        )}
      </div>
    </section>
  );
}
