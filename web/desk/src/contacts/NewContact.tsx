import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok, once } from '../api/client';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';

/** Writes down a customer who has not written yet. */
export function NewContact({ onClose }: { onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState({ name: '', email: '', phone: '' });
  const create = useMutation({
    mutationFn: () => {
      const identities = (['email', 'phone'] as const)
        .map((kind) => ({ kind, value: form[kind].trim() }))
        .filter((one) => one.value);
      return ok(api.POST('/contacts', { ...once(), body: { name: form.name.trim(), identities } }));
    },
    onSuccess: (contact) => {
      void client.invalidateQueries({ queryKey: keys.contacts });
      onClose();
      void navigate({ to: '/contacts/$contactId', params: { contactId: contact.id } });
    },
  });
  const set = (field: keyof typeof form) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [field]: event.currentTarget.value });
  return (
    <Dialog
      title={t('contact.new')}
      size={420}
      onClose={onClose}
      onSubmit={() => create.mutate()}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={create.isPending} disabled={!form.name.trim()}>
            {t('add')}
          </Button>
        </>
      }
    >
      <TextInput
        label={t('name')}
        value={form.name}
        onChange={set('name')}
        error={fieldError(create.error, 'name', t)}
        data-autofocus
      />
      <TextInput label={t('email')} type="email" value={form.email} onChange={set('email')} />
      <TextInput label={t('phone')} type="tel" value={form.phone} onChange={set('phone')} />
      <FormError error={create.error} />
    </Dialog>
  );
}
