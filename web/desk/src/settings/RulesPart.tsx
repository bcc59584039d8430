import { Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useCategories, useChannels, useTeams } from '../api/queries';
import type { TicketRule } from '../api/types';
import { useT } from '../i18n';
import { pathOf } from '../lib/terms';
import { Button, IconButton } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Confirm } from '../ui/Dialog';
import { Listing } from './Listing';
import { Part } from './Part';
import { RuleDialog } from './RuleDialog';
import { useAct } from './useAct';

/** What comes to which address or channel opens which ticket. */
export function RulesPart() {
  const t = useT();
  const query = useQuery({
    queryKey: keys.ticketRules,
    queryFn: () => ok(api.GET('/ticket-rules')).then((page) => page.items),
  });
  const channels = useChannels().data ?? [];
  const categories = useCategories().data ?? [];
  const teams = useTeams().data ?? [];
  const act = useAct(keys.ticketRules);
  const [edited, setEdited] = useState<TicketRule | 'new' | null>(null);
  const [gone, setGone] = useState<TicketRule | null>(null);
  const path = (one: TicketRule) => ({ params: { path: { id: one.id } } });
  const said = (one: TicketRule) =>
    one.address ?? channels.find((channel) => channel.id === one.channel_id)?.name ?? '';
  return (
    <Part
      title={t('settings.rules')}
      text={t('rules.text')}
      act={
        <Button look="primary" icon="plus" onClick={() => setEdited('new')}>
          {t('rules.new')}
        </Button>
      }
    >
      <Listing query={query} icon="bolt" empty={t('rules.none')} text={t('rules.none_text')}>
        {(all) => (
          <table>
            <thead>
              <tr>
                <th>{t('rules.when')}</th>
                <th>{t('rules.then')}</th>
                <th className="wide">{t('team')}</th>
                <th>{t('rules.on')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {all.map((one) => {
                const channel = channels.find((other) => other.id === one.channel_id);
                return (
                  <tr key={one.id} className={one.enabled ? undefined : 't3'}>
                    <td>
                      <span className="m">{one.address ?? t('rules.any_address')}</span>
                      <div className="row gap1 sm t3">
                        {channel ? (
                          <>
                            <ChannelIcon kind={channel.kind} size="s" said />
                            {channel.name}
                          </>
                        ) : (
                          t('rules.any_channel')
                        )}
                      </div>
                    </td>
                    <td>
                      {t(`ticket.kind.${one.kind}`)}
                      <div className="sm t3">
                        {[
                          one.category_id && pathOf(categories, one.category_id),
                          one.severity && t(`severity.${one.severity}`),
                        ]
                          .filter(Boolean)
                          .join(' · ')}
                      </div>
                    </td>
                    <td className="wide t2 nowrap">
                      {teams.find((team) => team.id === one.team_id)?.name ?? <span className="t3">–</span>}
                    </td>
                    <td>
                      <Switch
                        aria-label={t('rules.on')}
                        checked={one.enabled}
                        onChange={(event) => {
                          const enabled = event.currentTarget.checked;
                          act.mutate(() =>
                            ok(api.PATCH('/ticket-rules/{id}', { ...path(one), body: { enabled } })),
                          );
                        }}
                      />
                    </td>
                    <td className="r nowrap">
                      <span className="row acts-row">
                        <IconButton
                          icon="edit"
                          label={`${t('edit')}: ${said(one)}`}
                          onClick={() => setEdited(one)}
                        />
                        <IconButton
                          icon="trash"
                          label={`${t('delete')}: ${said(one)}`}
                          onClick={() => setGone(one)}
                        />
                      </span>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </Listing>
      {edited && <RuleDialog rule={edited === 'new' ? undefined : edited} onClose={() => setEdited(null)} />}
      {gone && (
        <Confirm
          title={t('rules.delete', { name: said(gone) })}
          text={t('rules.delete_text')}
          act={t('delete')}
          busy={act.isPending}
          onYes={() =>
            act.mutate(() => ok(api.DELETE('/ticket-rules/{id}', path(gone))), {
              onSuccess: () => setGone(null),
            })
          }
          onClose={() => setGone(null)}
        />
      )}
    </Part>
  );
}
