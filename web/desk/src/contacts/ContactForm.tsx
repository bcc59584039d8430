import { Select, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, ifStill, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Contact } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { fieldError, FormError } from '../ui/Failed';

/** What an officer writes here is never overwritten by what a channel says. */
export function ContactForm({ contact }: { contact: Contact }) {
  const t = useT();
  const client = useQueryClient();
  const kept = useMemo(
    () => ({
      name: contact.name,
      language: contact.language ?? '',
      city: contact.city ?? '',
      timezone: contact.timezone ?? '',
      company: contact.company ?? '',
      tags: contact.tags,
    }),
    [contact],
  );
  const [form, setForm] = useState(kept);
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const changed = JSON.stringify(form) !== JSON.stringify(kept);
  const save = useMutation({
    mutationFn: () =>
      ok(
        api.PATCH('/contacts/{id}', {
          params: { path: { id: contact.id } },
          ...ifStill(contact.version),
          body: {
            ...form,
            language: form.language || null,
            city: form.city || null,
            timezone: form.timezone || null,
            company: form.company || null,
          },
        }),
      ),
    onSuccess: (fresh) => {
      client.setQueryData(keys.contact(contact.id), fresh);
      void client.invalidateQueries({ queryKey: keys.contacts });
      void client.invalidateQueries({ queryKey: keys.lists });
    },
  });
  const set = (field: 'name' | 'city' | 'company') => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [field]: event.currentTarget.value });
  return (
    <form
      className="card pad form-grid"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <TextInput
        label={t('name')}
        value={form.name}
        onChange={set('name')}
        error={fieldError(save.error, 'name', t)}
      />
      <TextInput label={t('contact.company')} value={form.company} onChange={set('company')} />
      <TextInput label={t('contact.city')} value={form.city} onChange={set('city')} />
      <Select
        label={t('language')}
        clearable
        data={[
          { value: 'id', label: t('language.id') },
          { value: 'en', label: t('language.en') },
        ]}
        value={form.language || null}
        onChange={(language) => setForm({ ...form, language: language ?? '' })}
      />
      <Select
        label={t('contact.timezone')}
        searchable
        clearable
        limit={60}
        data={zones}
        value={form.timezone || null}
        onChange={(timezone) => setForm({ ...form, timezone: timezone ?? '' })}
      />
      <TagsInput
        label={t('contact.tags')}
        value={form.tags}
        onChange={(tags) => setForm({ ...form, tags })}
      />
      <FormError error={save.error} />
      {changed && (
        <div className="row form-foot">
          <Button look="primary" type="submit" busy={save.isPending} disabled={!form.name.trim()}>
            {t('save')}
          </Button>
          <Button look="quiet" onClick={() => setForm(kept)}>
            {t('cancel')}
          </Button>
        </div>
      )}
    </form>
  );
}
