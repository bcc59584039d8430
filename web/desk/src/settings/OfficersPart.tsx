import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useOfficers, useTeams } from '../api/queries';
import type { Officer } from '../api/types';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { Avatar } from '../ui/Avatar';
import { Button, IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';
import { When } from '../ui/When';
import { Listing } from './Listing';
import { OfficerDialog } from './OfficerDialog';
import { Part } from './Part';
import { SecretOnce } from './SecretOnce';
import { useAct } from './useAct';

/** Who serves here. */
export function OfficersPart() {
  const t = useT();
  const me = useMe();
  const query = useOfficers();
  const teams = useTeams().data ?? [];
  const act = useAct(keys.officers);
  const [edited, setEdited] = useState<Officer | 'new' | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const path = (one: Officer) => ({ params: { path: { id: one.id } } });
  const invite = (one: Officer) =>
    act.mutate(async () =>
      setLink((await ok(api.POST('/officers/{id}/invitation', path(one)))).invitation_url),
    );
  return (
    <Part
      title={t('settings.officers')}
      text={t('officers.text')}
      act={
        <Button look="primary" icon="plus" onClick={() => setEdited('new')}>
          {t('officers.invite')}
        </Button>
      }
    >
      <Listing query={query} icon="users" empty={t('officers.none')}>
        {(officers) => (
          <table>
            <thead>
              <tr>
                <th>{t('name')}</th>
                <th>{t('officers.role')}</th>
                <th>{t('folder.teams')}</th>
                <th className="r">{t('contact.last_seen')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {officers.map((one) => (
                <tr key={one.id} className={one.active ? undefined : 'off'}>
                  <td>
                    <span className="row gap1">
                      <Avatar name={one.name} officer={one.id} size={24} />
                      <span className="min0">
                        <span className="m">{one.name}</span>{' '}
                        {!one.active && <span className="chip">{t('officers.inactive')}</span>}
                        {one.invited && <span className="chip amber">{t('officers.invited')}</span>}
                        <div className="t3 sm">{one.email}</div>
                      </span>
                    </span>
                  </td>
                  <td>{t(`role.${one.role}`)}</td>
                  <td className="t2">
                    {one.teams
                      .map((id) => teams.find((team) => team.id === id)?.name)
                      .filter(Boolean)
                      .join(', ')}
                  </td>
                  <td className="r t3">{one.last_seen_at ? <When at={one.last_seen_at} /> : t('never')}</td>
                  <td className="r">
                    <Pick target={<IconButton icon="more" label={t('more')} />}>
                      <Pick.Item leftSection={<Icon name="edit" />} onClick={() => setEdited(one)}>
                        {t('edit')}
                      </Pick.Item>
                      <Pick.Item leftSection={<Icon name="link" />} onClick={() => invite(one)}>
                        {t('officers.new_link')}
                      </Pick.Item>
                      <Pick.Item
                        leftSection={<Icon name="out" />}
                        onClick={() => act.mutate(() => ok(api.DELETE('/officers/{id}/sessions', path(one))))}
                      >
                        {t('officers.sign_out')}
                      </Pick.Item>
                      {one.id !== me.id && (
                        <Pick.Item
                          leftSection={<Icon name={one.active ? 'lock' : 'check'} />}
                          className={one.active ? 'danger' : undefined}
                          onClick={() =>
                            act.mutate(() =>
                              ok(
                                api.PATCH('/officers/{id}', {
                                  ...path(one),
                                  body: { active: !one.active },
                                }),
                              ),
                            )
                          }
                        >
                          {t(one.active ? 'officers.deactivate' : 'officers.activate')}
                        </Pick.Item>
                      )}
                    </Pick>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {edited && (
        <OfficerDialog
          officer={edited === 'new' ? undefined : edited}
          onInvited={setLink}
          onClose={() => setEdited(null)}
        />
      )}
      {link && (
        <SecretOnce
          title={t('officers.link')}
          text={t('officers.link_text')}
          secret={link}
          onClose={() => setLink(null)}
        />
      )}
    </Part>
  );
}
