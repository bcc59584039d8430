import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import type { Contact } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Block } from './Block';
import { useContactAct } from './useContactAct';

/** What colleagues should know about this customer. */
export function Notes({ contact }: { contact: Contact }) {
  const t = useT();
  const act = useContactAct(contact.id);
  const [text, setText] = useState<string | null>(null);
  const save = () =>
    act.mutate(
      () =>
        ok(
          api.PATCH('/contacts/{id}', {
            params: { path: { id: contact.id } },
            body: { notes: text ?? '' },
          }),
        ),
      { onSuccess: () => setText(null) },
    );
  return (
    <Block name="notes" title={t('customer.notes')}>
      <Textarea
        autosize
        minRows={2}
        aria-label={t('customer.notes')}
        placeholder={t('customer.notes_hint')}
        value={text ?? contact.notes}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text !== null && text !== contact.notes && (
        <div className="row end-row">
          <Button small look="quiet" onClick={() => setText(null)}>
            {t('cancel')}
          </Button>
          <Button small look="primary" busy={act.isPending} onClick={save}>
            {t('save')}
          </Button>
        </div>
      )}
    </Block>
  );
}
