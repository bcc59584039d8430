import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Contact } from '../api/types';
import { useContactAct } from '../customer/useContactAct';
import { useT } from '../i18n';
import { useDebounced } from '../lib/useDebounced';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FormError } from '../ui/Failed';
import { toast } from '../ui/toasts';

/** Joins another record into this one, with the officer's reason. */
export function MergeDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const t = useT();
  const act = useContactAct(contact.id);
  const [query, setQuery] = useState('');
  const [other, setOther] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const q = useDebounced(query, 200);
  const found = useQuery({
    queryKey: [...keys.contacts, 'pick', q],
    queryFn: () => ok(api.GET('/contacts', { params: { query: { q, limit: 10 } } })),
    enabled: q.length > 1,
    placeholderData: (before) => before,
  });
  const options = (found.data?.items ?? [])
    .filter((one) => one.id !== contact.id)
    .map((one) => ({
      value: one.id,
      label: [one.name, one.addresses[0]].filter(Boolean).join(' · '),
    }));
  const merge = () =>
    act.mutate(
      () =>
        ok(
          api.POST('/contacts/{id}/merge', {
            params: { path: { id: contact.id } },
            body: { other_id: other ?? '', reason: reason.trim() },
          }),
        ),
      {
        onSuccess: () => {
          onClose();
          toast({ text: t('merge.done'), icon: 'merge' });
        },
      },
    );
  return (
    <Dialog
      title={t('contact.merge_title', { name: contact.name })}
      onClose={onClose}
      onSubmit={merge}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!other || !reason.trim()}>
            {t('merge.do')}
          </Button>
        </>
      }
    >
      <Select
        label={t('contact.merge_with')}
        searchable
        searchValue={query}
        onSearchChange={setQuery}
        filter={({ options: all }) => all}
        data={options}
        value={other}
        onChange={setOther}
        data-autofocus
      />
      <TextInput
        label={t('contact.merge_reason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <p className="t3 sm">{t('merge.undo_hint')}</p>
      <FormError error={act.error} />
    </Dialog>
  );
}
