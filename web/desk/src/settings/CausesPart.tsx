import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok, once } from '../api/client';
import { keys } from '../api/keys';
import { useCauses } from '../api/queries';
import type { Cause } from '../api/types';
import { useT } from '../i18n';
import { TermSelect } from '../tickets/TermSelect';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { TreePart } from './TreePart';
import { useAct } from './useAct';

/** Why complaints happen. */
export function CausesPart() {
  const query = useCauses();
  const act = useAct(keys.causes);
  const path = (one: Cause) => ({ params: { path: { id: one.id } } });
  return (
    <TreePart<Cause>
      title="settings.causes"
      text="causes.text"
      add="causes.new"
      empty="causes.none"
      icon="search"
      query={query}
      heads={[]}
      cells={() => null}
      busy={act.isPending}
      archive={(one, archived) =>
        act.mutate(() => ok(api.PATCH('/ticket-causes/{id}', { ...path(one), body: { archived } })))
      }
      remove={(one, done) =>
        act.mutate(() => ok(api.DELETE('/ticket-causes/{id}', path(one))), { onSettled: done })
      }
      dialog={(cause, parent, close) => <CauseDialog cause={cause} parent={parent} onClose={close} />}
    />
  );
}

function CauseDialog({
  cause,
  parent,
  onClose,
}: {
  cause?: Cause;
  parent: string | null;
  onClose: () => void;
}) {
  const t = useT();
  const act = useAct(keys.causes);
  const all = (useCauses().data ?? []).filter((one) => one.id !== cause?.id);
  const [name, setName] = useState(cause?.name ?? '');
  const [above, setAbove] = useState(parent);
  const body = { name: name.trim(), parent_id: above };
  const save = () =>
    act.mutate(
      () =>
        cause
          ? ok(api.PATCH('/ticket-causes/{id}', { params: { path: { id: cause.id } }, body }))
          : ok(api.POST('/ticket-causes', { ...once(), body })),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={cause ? cause.name : t('causes.new')}
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
        label={t('tree.name')}
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={fieldError(act.error, 'name', t)}
        data-autofocus
      />
      <TermSelect
        label={t('tree.below')}
        placeholder={t('tree.top')}
        terms={all}
        value={above}
        onChange={setAbove}
        error={fieldError(act.error, 'parent_id', t)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
