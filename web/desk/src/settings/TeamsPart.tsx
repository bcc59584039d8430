import { MultiSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useOfficers, useTeams } from '../api/queries';
import type { Team } from '../api/types';
import { useT } from '../i18n';
import { Avatar } from '../ui/Avatar';
import { Button, IconButton } from '../ui/Button';
import { Confirm, Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { Listing } from './Listing';
import { Part } from './Part';
import { useAct, useFormAct } from './useAct';

/** Teams, each a folder of the inbox. */
export function TeamsPart() {
  const t = useT();
  const query = useTeams();
  const officers = useOfficers().data ?? [];
  const act = useAct(keys.teams, keys.counts);
  const [edited, setEdited] = useState<Team | 'new' | null>(null);
  const [gone, setGone] = useState<Team | null>(null);
  return (
    <Part
      title={t('settings.teams')}
      text={t('teams.text')}
      act={
        <Button look="primary" icon="plus" onClick={() => setEdited('new')}>
          {t('teams.new')}
        </Button>
      }
    >
      <Listing query={query} icon="users" empty={t('teams.none')}>
        {(teams) => (
          <table>
            <thead>
              <tr>
                <th>{t('team')}</th>
                <th>{t('teams.members')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {teams.map((team) => (
                <tr key={team.id}>
                  <td className="m">{team.name}</td>
                  <td>
                    <span className="row gap1 wrap">
                      {team.members.map((id) => {
                        const officer = officers.find((one) => one.id === id);
                        return (
                          officer && (
                            <Avatar
                              key={id}
                              name={officer.name}
                              officer={id}
                              size={24}
                              label={officer.name}
                            />
                          )
                        );
                      })}
                    </span>
                  </td>
                  <td className="r">
                    <span className="row acts-row">
                      <IconButton icon="edit" label={t('edit')} onClick={() => setEdited(team)} />
                      <IconButton icon="trash" label={t('delete')} onClick={() => setGone(team)} />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {edited && <TeamDialog team={edited === 'new' ? undefined : edited} onClose={() => setEdited(null)} />}
      {gone && (
        <Confirm
          title={t('teams.delete', { name: gone.name })}
          text={t('teams.delete_text')}
          act={t('delete')}
          busy={act.isPending}
          onYes={() =>
            act.mutate(() => ok(api.DELETE('/teams/{id}', { params: { path: { id: gone.id } } })), {
              onSuccess: () => setGone(null),
            })
          }
          onClose={() => setGone(null)}
        />
      )}
    </Part>
  );
}

function TeamDialog({ team, onClose }: { team?: Team; onClose: () => void }) {
  const t = useT();
  const officers = useOfficers().data ?? [];
  const act = useFormAct(keys.teams, keys.officers, keys.counts);
  const [name, setName] = useState(team?.name ?? '');
  const [members, setMembers] = useState(team?.members ?? []);
  const body = { name: name.trim(), members };
  const save = () =>
    act.mutate(
      () =>
        team
          ? ok(api.PATCH('/teams/{id}', { params: { path: { id: team.id } }, body }))
          : ok(api.POST('/teams', { body })),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t(team ? 'edit' : 'teams.new')}
      size={440}
      onClose={onClose}
      onSubmit={save}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!name.trim()}>
            {t('save')}
          </Button>
        </>
      }
    >
      <TextInput
        label={t('name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={fieldError(act.error, 'name', t)}
        data-autofocus
      />
      <MultiSelect
        label={t('teams.members')}
        searchable
        data={officers.map((one) => ({ value: one.id, label: one.name }))}
        value={members}
        onChange={setMembers}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
