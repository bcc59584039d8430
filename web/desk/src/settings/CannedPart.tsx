import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useCanned, useTeams } from '../api/queries';
import type { Canned } from '../api/types';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { Button, IconButton } from '../ui/Button';
import { Confirm } from '../ui/Dialog';
import { CannedDialog } from './CannedDialog';
import { Listing } from './Listing';
import { Part } from './Part';
import { useAct } from './useAct';

/** Canned answers. */
export function CannedPart() {
  const t = useT();
  const writes = may(useMe(), 'canned');
  const query = useCanned();
  const teams = useTeams().data ?? [];
  const act = useAct(keys.canned);
  const [edited, setEdited] = useState<Canned | 'new' | null>(null);
  const [gone, setGone] = useState<Canned | null>(null);
  return (
    <Part
      title={t('settings.canned')}
      text={t('canned.text')}
      act={
        writes && (
          <Button look="primary" icon="plus" onClick={() => setEdited('new')}>
            {t('canned.new')}
          </Button>
        )
      }
    >
      <Listing query={query} icon="canned" empty={t('canned.none')} text={t('canned.none_text')}>
        {(all) => (
          <table>
            <thead>
              <tr>
                <th>{t('canned.shortcut')}</th>
                <th>{t('canned.title')}</th>
                <th>{t('team')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {all.map((one) => (
                <tr key={one.id}>
                  <td className="m nowrap">/{one.shortcut}</td>
                  <td>
                    {one.title}
                    <div className="t3 sm clip2">{one.text}</div>
                  </td>
                  <td className="t2 nowrap">
                    {teams.find((team) => team.id === one.team_id)?.name ?? t('all')}
                  </td>
                  <td className="r nowrap">
                    {writes && (
                      <span className="row acts-row">
                        <IconButton icon="edit" label={t('edit')} onClick={() => setEdited(one)} />
                        <IconButton icon="trash" label={t('delete')} onClick={() => setGone(one)} />
                      </span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {edited && (
        <CannedDialog canned={edited === 'new' ? undefined : edited} onClose={() => setEdited(null)} />
      )}
      {gone && (
        <Confirm
          title={t('canned.delete', { name: gone.shortcut })}
          text={t('canned.delete_text')}
          act={t('delete')}
          busy={act.isPending}
          onYes={() =>
            act.mutate(() => ok(api.DELETE('/canned/{id}', { params: { path: { id: gone.id } } })), {
              onSuccess: () => setGone(null),
            })
          }
          onClose={() => setGone(null)}
        />
      )}
    </Part>
  );
}
