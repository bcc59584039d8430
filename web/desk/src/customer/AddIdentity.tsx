import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import type { Contact } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { useContactAct } from './useContactAct';

const kinds = ['email', 'phone', 'telegram', 'customer'] as const;

/** Another address of the customer; it counts as proven only once it is. */
export function AddIdentity({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const t = useT();
  const act = useContactAct(contact.id);
  const [kind, setKind] = useState<string>('email');
  const [value, setValue] = useState('');
  const save = () =>
    act.mutate(
      () =>
        ok(
          api.POST('/contacts/{id}/identities', {
            params: { path: { id: contact.id } },
            body: { kind, value: value.trim() },
          }),
        ),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t('identity.add')}
      size={400}
      onClose={onClose}
      onSubmit={save}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!value.trim()}>
            {t('add')}
          </Button>
        </>
      }
    >
      <Select
        label={t('identity.kind')}
        data={kinds.map((one) => ({ value: one, label: t(`kind.${one}`) }))}
        value={kind}
        onChange={(next) => setKind(next ?? 'email')}
        allowDeselect={false}
      />
      <TextInput
        label={t('identity.value')}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        error={fieldError(act.error, 'value', t)}
        data-autofocus
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
