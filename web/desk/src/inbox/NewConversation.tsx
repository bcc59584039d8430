import { Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok, once } from '../api/client';
import { keys } from '../api/keys';
import { useChannels, useContact } from '../api/queries';
import { useT } from '../i18n';
import { useDebounced } from '../lib/useDebounced';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FormError } from '../ui/Failed';

const MAIL = /^\S+@\S+\.\S+$/;

/** Writes first to a customer: one we know, or an address. */
export function NewConversation({ contactId, onClose }: { contactId?: string; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const [to, setTo] = useState<string | null>(contactId ?? null);
  const [channel, setChannel] = useState<string | null>(null);
  const [subject, setSubject] = useState('');
  const [text, setText] = useState('');
  const q = useDebounced(query, 200);
  const found = useQuery({
    queryKey: [...keys.contacts, 'pick', q],
    queryFn: () => ok(api.GET('/contacts', { params: { query: { q, limit: 8 } } })),
    enabled: q.length > 1,
  });
  const address = to && MAIL.test(to) ? to : null;
  const known = useContact(to && !address ? to : undefined).data;
  const channels = (useChannels().data ?? []).filter((one) =>
    address ? one.kind === 'email' : known?.identities.some((identity) => identity.kind === one.kind),
  );
  const chosen = channels.find((one) => one.id === channel) ?? channels[0];
  const options = [
    ...(known ? [{ value: known.id, label: known.name }] : []),
    ...(found.data?.items ?? [])
      .filter((one) => one.id !== known?.id)
      .map((one) => ({ value: one.id, label: one.name })),
    ...(MAIL.test(query) ? [{ value: query, label: t('new.new_contact', { value: query }) }] : []),
    ...(address && address !== query ? [{ value: address, label: address }] : []),
  ];
  const send = useMutation({
    mutationFn: () =>
      ok(
        api.POST('/conversations', {
          ...once(),
          body: {
            ...(address ? { to: { kind: 'email', value: address } } : { contact_id: to ?? '' }),
            channel_id: chosen?.id ?? '',
            subject: subject || undefined,
            text,
          },
        }),
      ),
    onSuccess: (made) => {
      onClose();
      void navigate({
        to: '/inbox/$folder/$conversationId',
        params: { folder: 'open', conversationId: made.id },
      });
    },
  });
  return (
    <Dialog
      title={t('new.title')}
      size={520}
      onClose={onClose}
      onSubmit={() => send.mutate()}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            type="submit"
            look="primary"
            busy={send.isPending}
            disabled={!to || !chosen || !text.trim()}
          >
            {t('act.send')}
          </Button>
        </>
      }
    >
      <Select
        label={t('new.to')}
        description={t('new.to_hint')}
        searchable
        searchValue={query}
        onSearchChange={setQuery}
        filter={({ options: all }) => all}
        data={options}
        value={to}
        onChange={setTo}
        data-autofocus
      />
      {to && channels.length === 0 && known && <p className="form-error">{t('new.no_way')}</p>}
      {channels.length > 0 && (
        <Select
          label={t('channel')}
          data={channels.map((one) => ({ value: one.id, label: one.name }))}
          value={chosen?.id ?? null}
          onChange={setChannel}
          allowDeselect={false}
        />
      )}
      {chosen?.kind === 'email' && (
        <TextInput
          label={t('composer.subject')}
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
      )}
      <Textarea
        label={t('new.text')}
        autosize
        minRows={5}
        maxRows={14}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <FormError error={send.error} />
    </Dialog>
  );
}
